import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The command with which tests make certificates; tests that need it are skipped by name where it is missing. */
export const OPENSSL = Bun.which("openssl");

const P256 = ["-pkeyopt", "ec_paramgen_curve:P-256"];

/** How a certificate is made. */
export interface Wanted {
  /** Such as `/CN=ALICE`. */
  subject: string;
  /** Such as `DNS:alice.example,IP:127.0.0.1`. */
  names?: string;
  /** As openssl writes times: `20200101000000Z`. */
  from?: string;
  until?: string;
  /** Its authority; none: it signs itself. */
  by?: Authority;
  /** It may sign others; one that signs itself always may. */
  isAuthority?: boolean;
  /** Bits of an RSA key; none: a key on P-256. */
  rsaBits?: number;
}

export interface Files {
  certificate: string;
  key: string;
}

/** A directory of certificates, which the `openssl` command makes. */
export class Certificates {
  readonly directory = mkdtempSync(join(tmpdir(), "sallyport-tls-"));

  run(...args: string[]): string {
    const ended = Bun.spawnSync([OPENSSL!, ...args], { cwd: this.directory, stdin: "ignore" });
    if (ended.exitCode !== 0) throw new Error(`openssl ${args.join(" ")}: ${ended.stderr.toString()}`);
    return ended.stdout.toString();
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** One that signs itself, or one below another. */
  authority(name: string, by?: Authority): Authority {
    return new Authority(this, name, by);
  }

  /** A certificate `<name>.pem` and its key `<name>.key`. */
  make(name: string, { subject, names, from, until, by, rsaBits, isAuthority }: Wanted): Files {
    const key = rsaBits === undefined ? ["-newkey", "ec", ...P256] : ["-newkey", `rsa:${rsaBits}`];
    const request = ["-nodes", "-keyout", `${name}.key`, "-subj", subject];
    const more = names === undefined ? [] : ["-addext", `subjectAltName=${names}`];
    if (by === undefined) this.run("req", "-x509", ...key, ...request, ...more, "-out", `${name}.pem`, "-days", "30");
    else {
      const signs = isAuthority === true ? ["-addext", "basicConstraints=critical,CA:TRUE"] : [];
      this.run("req", ...key, ...request, ...more, ...signs, "-out", `${name}.csr`);
      by.sign(name, from, until);
    }
    return { certificate: this.path(`${name}.pem`), key: this.path(`${name}.key`) };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Signs certificates, and revokes them. */
export class Authority {
  readonly certificate: string;
  readonly key: string;

  constructor(
    private readonly all: Certificates,
    private readonly name: string,
    by?: Authority,
  ) {
    const files = all.make(name, { subject: `/CN=${name} authority`, isAuthority: true, ...(by && { by }) });
    this.certificate = files.certificate;
    this.key = files.key;
    writeFileSync(all.path(`${name}.index`), "");
    writeFileSync(all.path(`${name}.serial`), "1000\n");
    writeFileSync(all.path(`${name}.crlnumber`), "01\n");
    const config = `[ca]
default_ca = own
[own]
database = ${all.path(`${name}.index`)}
serial = ${all.path(`${name}.serial`)}
crlnumber = ${all.path(`${name}.crlnumber`)}
new_certs_dir = ${all.directory}
certificate = ${this.certificate}
private_key = ${this.key}
default_md = sha256
default_days = 30
default_crl_days = 30
copy_extensions = copy
policy = any
unique_subject = no
[any]
commonName = optional
organizationName = optional
countryName = optional
`;
    writeFileSync(all.path(`${name}.cnf`), config);
  }

  sign(name: string, from?: string, until?: string): void {
    const dates = [
      ...(from === undefined ? [] : ["-startdate", from]),
      ...(until === undefined ? [] : ["-enddate", until]),
    ];
    const files = ["-in", `${name}.csr`, "-out", `${name}.pem`];
    this.all.run("ca", "-batch", "-config", `${this.name}.cnf`, "-notext", ...dates, ...files);
  }

  revoke(name: string): void {
    this.all.run("ca", "-config", `${this.name}.cnf`, "-revoke", `${name}.pem`);
  }

  /** Writes the list of what is revoked. Returns  its path. */
  list(): string {
    const path = this.all.path(`${this.name}.crl`);
    this.all.run("ca", "-config", `${this.name}.cnf`, "-gencrl", "-out", path);
    return path;
  }
}

/** What a peer of Bun needs of files. */
export function peerTls(ca: string, own?: Files) {
  const read = (path: string): string => {
    if (!existsSync(path)) throw new Error(`${path} is missing`);
    return readFileSync(path, "utf8");
  };
  return {
    ca: read(ca),
    ...(own === undefined ? {} : { cert: read(own.certificate), key: read(own.key) }),
  };
}
