import { dataType, earlyDataType, TEXT } from "../data-type.ts";
import type { DictionaryDescription, FieldDescription, MemberDescription, MessageDescription } from "../description.ts";
import { merged } from "./merge.ts";
import { readXml, type XmlElement, XmlProblem } from "./xml-tree.ts";

const LARGEST_TAG = 99_999_999;
const LONGEST_MSG_TYPE = 32;
const MAX_FIELDS = 65_535;

/** A place in a file whose meaning is in doubt, and how it is read. */
export interface XmlWarning {
  readonly line: number;
  readonly what: string;
}

/**
 * Reads a dictionary in QuickFIX's XML format; what QuickFIX loads is loaded. Adds a line to `warnings` for each kind of doubt.
 * Throws an XmlProblem: line, what was expected, what was got.
 */
export function readQuickfixXml(text: string, name: string, warnings: XmlWarning[] = []): DictionaryDescription {
  const reader = new Reader(readXml(text), name);
  const description = reader.read();
  warnings.push(...reader.warnings());
  return description;
}

/** Resolves the names of the file: fields first, then components and groups where they are used. */
class Reader {
  private readonly tags = new Map<string, number>();
  private readonly components = new Map<string, XmlElement>();
  /** Components being resolved, to find one that contains itself. */
  private readonly open: string[] = [];
  /** Doubts by kind: the first place of each, and the lines of all. */
  private readonly doubts = new Map<string, { what: string; line: number; lines: Set<number> }>();

  constructor(
    private readonly root: XmlElement,
    private readonly name: string,
  ) {
    if (root.name !== "fix") throw new XmlProblem(root.line, `expected the root element <fix>, got <${root.name}>`);
  }

  /** One for each kind of doubt: the first place, and how many more there are. */
  warnings(): XmlWarning[] {
    return [...this.doubts.values()].map(({ what, line, lines }) => ({
      line,
      what: lines.size === 1 ? what : `${what} (${lines.size - 1} more such lines)`,
    }));
  }

  /** Notes a place whose meaning is in doubt; `how` it is read is the same for all of a kind. */
  private doubt({ line }: XmlElement, what: string, how: string): void {
    const known = this.doubts.get(how);
    if (known === undefined) this.doubts.set(how, { what: `${what}: ${how}`, line, lines: new Set([line]) });
    else known.lines.add(line);
  }

  read(): DictionaryDescription {
    const fields = this.fields();
    for (const component of this.named(this.section("components"), "component")) this.define(component);
    const header = this.part("header");
    const trailer = this.part("trailer");
    const description = { name: this.name, fields, header, trailer, messages: this.messages() };
    if (this.root.attributes.type !== "FIXT") return description;
    return { ...description, transportTags: fields.map(({ tag }) => tag) };
  }

  private fields(): FieldDescription[] {
    const section = this.root.children.find((child) => child.name === "fields");
    if (section === undefined) throw new XmlProblem(this.root.line, "expected a <fields> section, got none");
    const elements = this.named(section.children, "field");
    if (elements.length > MAX_FIELDS)
      throw new XmlProblem(section.line, `expected at most ${MAX_FIELDS} fields, got ${elements.length}`);
    const byTag = new Map<number, FieldDescription>();
    for (const element of elements) {
      const field = this.field(element);
      const other = byTag.get(field.tag);
      if (other !== undefined)
        this.doubt(element, `number ${field.tag} is a field again`, "the last type is taken, with the values of all");
      byTag.set(field.tag, other === undefined ? field : { ...field, values: [...other.values, ...field.values] });
    }
    return [...byTag.values()];
  }

  private field(element: XmlElement): FieldDescription {
    const name = attribute(element, "name");
    const number = attribute(element, "number").trim();
    const tag = Number(number);
    if (!/^\d+$/.test(number) || tag < 1 || tag > LARGEST_TAG)
      throw new XmlProblem(element.line, `field ${name}: expected a number from 1 to ${LARGEST_TAG}, got "${number}"`);
    const other = this.tags.get(name);
    if (other === undefined) this.tags.set(name, tag);
    else if (other !== tag)
      this.doubt(element, `field ${name} is ${other} and ${tag}`, "messages with this name have the first number");
    const typeName = attribute(element, "type");
    const type = (this.isEarly() ? earlyDataType : dataType)(typeName);
    if (type === undefined)
      this.doubt(element, `field ${name} has the unknown type "${typeName}"`, "it is text, and any value is accepted");
    const open = /^(y|yes|true|1)$/i.test(element.attributes.allowOtherValues ?? "");
    const values = this.named(element.children, "value").map((child) => child.attributes.enum ?? "");
    return { tag, type: type ?? TEXT, values: open ? [] : values.filter((value) => value !== "") };
  }

  /** True for FIX.4.0 and 4.1: they have no type for a single character. */
  private isEarly(): boolean {
    const { type = "FIX", major, minor } = this.root.attributes;
    return type === "FIX" && major === "4" && (minor === "0" || minor === "1");
  }

  private define(component: XmlElement): void {
    const name = attribute(component, "name");
    if (this.components.has(name)) this.doubt(component, `component ${name} is there again`, "the first one is taken");
    else this.components.set(name, component);
  }

  private part(name: string): MemberDescription[] {
    const element = this.root.children.find((child) => child.name === name);
    return element === undefined ? [] : this.members(element, `<${name}>`);
  }

  private messages(): MessageDescription[] {
    const byType = new Map<string, MemberDescription[]>();
    for (const element of this.named(this.section("messages"), "message")) {
      const msgType = attribute(element, "msgtype");
      const { name = msgType } = element.attributes;
      if (!/^[!-~]+$/.test(msgType) || msgType.length > LONGEST_MSG_TYPE)
        throw new XmlProblem(
          element.line,
          `message ${name}: expected a msgtype of 1 to ${LONGEST_MSG_TYPE} printable characters, got "${msgType}"`,
        );
      const members = this.members(element, `message ${name}`);
      const other = byType.get(msgType);
      if (other !== undefined)
        this.doubt(element, `msgtype "${msgType}" is there again`, "the message has the fields of all of them");
      byType.set(msgType, other === undefined ? members : merged([...other, ...members]));
    }
    return Array.from(byType, ([msgType, members]) => ({ msgType, members }));
  }

  private section(name: string): readonly XmlElement[] {
    return this.root.children.filter((child) => child.name === name).flatMap((child) => child.children);
  }

  /** Returns the fields of a header, trailer, message or group, each tag once. */
  private members(element: XmlElement, owner: string): MemberDescription[] {
    const members = this.memberList(element, owner, true);
    const again = members.find(({ tag }, i) => members.findIndex((member) => member.tag === tag) < i);
    if (again === undefined) return members;
    const isGroup = again.group !== undefined;
    if (isGroup)
      this.doubt(element, `${owner} has group ${again.tag} again`, "its entries may have the members of all");
    else this.doubt(element, `${owner} has tag ${again.tag} again`, "it is one field, required when any is");
    return merged(members);
  }

  private memberList(element: XmlElement, owner: string, required: boolean): MemberDescription[] {
    return this.named(element.children, "field", "group", "component").flatMap((child) => {
      const isRequired = this.isRequired(child) && required;
      if (child.name === "component") return this.component(child, owner, isRequired);
      const tag = this.tagOf(child, owner);
      if (child.name === "field") return [{ tag, required: isRequired }];
      const group = this.members(child, `group ${child.attributes.name}`);
      if (group.length > 0) return [{ tag, required: isRequired, group }];
      this.doubt(child, `group ${child.attributes.name} has no fields`, "it is a field that counts nothing");
      return [{ tag, required: isRequired }];
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

  /** Returns the elements with one of these names; others are ignored. */
  private named(elements: readonly XmlElement[], ...names: string[]): XmlElement[] {
    return elements.filter((element) => {
      if (names.includes(element.name)) return true;
      const expected = names.map((name) => `<${name}>`).join(" or ");
      this.doubt(element, `expected ${expected}, got <${element.name}>`, "it is ignored, with all in it");
      return false;
    });
  }

  /** True for required="Y"; all else means no, as in QuickFIX. */
  private isRequired(element: XmlElement): boolean {
    const { required = "N" } = element.attributes;
    if (/^[yn]$/i.test(required)) return required.toUpperCase() === "Y";
    this.doubt(element, `<${element.name}> has required="${required}"`, "it is not required");
    return false;
  }
}

function attribute(element: XmlElement, name: string): string {
  const value = element.attributes[name];
  if (value === undefined || value === "")
    throw new XmlProblem(element.line, `<${element.name}>: expected the attribute ${name}, got none`);
  return value;
}
