import { dataType, dataTypeNames, earlyDataType } from "../data-type.ts";
import type { DictionaryDescription, FieldDescription, MemberDescription, MessageDescription } from "../description.ts";
import { readXml, type XmlElement, XmlProblem } from "./xml-tree.ts";

const LARGEST_TAG = 99_999_999;
const LONGEST_MSG_TYPE = 32;
const MAX_FIELDS = 65_535;

/** Reads a dictionary in QuickFIX's XML format. Throws an XmlProblem: line, what was expected, what was got. */
export function readQuickfixXml(text: string, name: string): DictionaryDescription {
  return new Reader(readXml(text), name).read();
}

/** Resolves the names of the file: fields first, then components and groups where they are used. */
class Reader {
  private readonly tags = new Map<string, number>();
  private readonly components = new Map<string, XmlElement>();
  /** Components being resolved, to find one that contains itself. */
  private readonly open: string[] = [];

  constructor(
    private readonly root: XmlElement,
    private readonly name: string,
  ) {
    if (root.name !== "fix") throw new XmlProblem(root.line, `expected the root element <fix>, got <${root.name}>`);
  }

  read(): DictionaryDescription {
    const fields = this.fields();
    for (const component of this.section("components")) this.define(component);
    const header = this.part("header");
    const trailer = this.part("trailer");
    const description = { name: this.name, fields, header, trailer, messages: this.messages() };
    if (this.root.attributes.type !== "FIXT") return description;
    return { ...description, transportTags: fields.map(({ tag }) => tag) };
  }

  private fields(): FieldDescription[] {
    const section = this.root.children.find((child) => child.name === "fields");
    if (section === undefined) throw new XmlProblem(this.root.line, "expected a <fields> section, got none");
    const elements = section.children.filter((child) => this.isA(child, "field"));
    if (elements.length > MAX_FIELDS)
      throw new XmlProblem(section.line, `expected at most ${MAX_FIELDS} fields, got ${elements.length}`);
    const seen = new Map<number, string>();
    return elements.map((element) => {
      const field = this.field(element);
      const other = seen.get(field.tag);
      if (other !== undefined)
        throw new XmlProblem(element.line, `expected each number once, got ${field.tag} again (it is ${other})`);
      seen.set(field.tag, element.attributes.name!);
      return field;
    });
  }

  private field(element: XmlElement): FieldDescription {
    const name = attribute(element, "name");
    const number = attribute(element, "number");
    const tag = Number(number);
    if (!/^\d+$/.test(number) || tag < 1 || tag > LARGEST_TAG)
      throw new XmlProblem(element.line, `field ${name}: expected a number from 1 to ${LARGEST_TAG}, got "${number}"`);
    if (this.tags.has(name)) throw new XmlProblem(element.line, `expected each field once, got ${name} again`);
    this.tags.set(name, tag);
    const typeName = attribute(element, "type");
    const type = (this.isEarly() ? earlyDataType : dataType)(typeName.toUpperCase());
    if (type === undefined)
      throw new XmlProblem(
        element.line,
        `field ${name}: expected a type of ${dataTypeNames().join(", ")}, got "${typeName}"`,
      );
    const open = element.attributes.allowOtherValues === "Y";
    const values = element.children
      .filter((child) => this.isA(child, "value"))
      .map((child) => attribute(child, "enum"));
    return { tag, type, values: open ? [] : values };
  }

  /** True for FIX.4.0 and 4.1: they have no type for a single character. */
  private isEarly(): boolean {
    const { type = "FIX", major, minor } = this.root.attributes;
    return type === "FIX" && major === "4" && (minor === "0" || minor === "1");
  }

  private define(component: XmlElement): void {
    if (!this.isA(component, "component")) return;
    const name = attribute(component, "name");
    if (this.components.has(name))
      throw new XmlProblem(component.line, `expected each component once, got ${name} again`);
    this.components.set(name, component);
  }

  private part(name: string): MemberDescription[] {
    const element = this.root.children.find((child) => child.name === name);
    return element === undefined ? [] : this.members(element, `<${name}>`);
  }

  private messages(): MessageDescription[] {
    const seen = new Set<string>();
    return this.section("messages")
      .filter((element) => this.isA(element, "message"))
      .map((element) => {
        const name = attribute(element, "name");
        const msgType = attribute(element, "msgtype");
        if (!/^[!-~]+$/.test(msgType) || msgType.length > LONGEST_MSG_TYPE)
          throw new XmlProblem(
            element.line,
            `message ${name}: expected a msgtype of 1 to ${LONGEST_MSG_TYPE} printable characters, got "${msgType}"`,
          );
        if (seen.has(msgType)) throw new XmlProblem(element.line, `expected each msgtype once, got "${msgType}" again`);
        seen.add(msgType);
        return { msgType, members: this.members(element, `message ${name}`) };
      });
  }

  private section(name: string): readonly XmlElement[] {
    return this.root.children.filter((child) => child.name === name).flatMap((child) => child.children);
  }

  /** Returns the fields of a header, trailer, message or group; throws when a tag occurs twice. */
  private members(element: XmlElement, owner: string): MemberDescription[] {
    const members = this.memberList(element, owner, true);
    const seen = new Set<number>();
    for (const { tag } of members) {
      if (seen.has(tag)) throw new XmlProblem(element.line, `${owner}: expected each field once, got tag ${tag} again`);
      seen.add(tag);
    }
    return members;
  }

  private memberList(element: XmlElement, owner: string, required: boolean): MemberDescription[] {
    return element.children.flatMap((child) => {
      const isRequired = required && yes(child);
      if (child.name === "component") return this.component(child, owner, isRequired);
      const tag = this.tagOf(child, owner);
      if (child.name === "field") return [{ tag, required: isRequired }];
      if (child.name !== "group")
        throw new XmlProblem(child.line, `${owner}: expected <field>, <group> or <component>, got <${child.name}>`);
      const group = this.members(child, `group ${child.attributes.name}`);
      if (group.length === 0)
        throw new XmlProblem(child.line, `group ${child.attributes.name}: expected at least one field, got none`);
      return [{ tag, required: isRequired, group }];
    });
  }

  private component(use: XmlElement, owner: string, required: boolean): MemberDescription[] {
    const name = attribute(use, "name");
    const component = this.components.get(name);
    if (component === undefined)
      throw new XmlProblem(use.line, `${owner}: expected a component of <components>, got "${name}"`);
    if (this.open.includes(name))
      throw new XmlProblem(
        use.line,
        `component ${name}: expected others inside it, got itself (${this.open.join(" > ")})`,
      );
    this.open.push(name);
    const members = this.memberList(component, `component ${name}`, required);
    this.open.pop();
    return members;
  }

  private tagOf(element: XmlElement, owner: string): number {
    const name = attribute(element, "name");
    const tag = this.tags.get(name);
    if (tag === undefined) throw new XmlProblem(element.line, `${owner}: expected a field of <fields>, got "${name}"`);
    return tag;
  }

  private isA(element: XmlElement, name: string): true {
    if (element.name !== name) throw new XmlProblem(element.line, `expected <${name}>, got <${element.name}>`);
    return true;
  }
}

function attribute(element: XmlElement, name: string): string {
  const value = element.attributes[name];
  if (value === undefined || value === "")
    throw new XmlProblem(element.line, `<${element.name}>: expected the attribute ${name}, got none`);
  return value;
}

function yes(element: XmlElement): boolean {
  const { required = "N" } = element.attributes;
  if (required !== "Y" && required !== "N")
    throw new XmlProblem(element.line, `<${element.name}>: expected required='Y' or 'N', got "${required}"`);
  return required === "Y";
}
