import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Certificates, Files } from "../e2e/certificates.ts";
import { until } from "../eventually.ts";
import { run, whyMissing } from "./quickfix.ts";

/** Packages that are not on the machine yet have this long; a flow waits no longer for a download. */
const DOWNLOAD_MS = 60_000;
const BUILD_MS = 120_000;
const PASSWORD = "no secret";

/** Why QuickFIX can't be built with TLS; null when it can. */
export function whyNoQuickFixTls(): string | null {
  return whyMissing() ?? (existsSync("/usr/include/openssl/ssl.h") ? null : "libssl-dev is missing");
}

export function whyNoStunnel(): string | null {
  return Bun.which("stunnel") === null ? "stunnel is missing" : null;
}

export function whyNoGo(): string | null {
  return Bun.which("go") === null ? "go is missing" : null;
}

/** Why there is no QuickFIX/J; null when its packages are in `directory` after this. */
export async function getQuickFixJ(directory: string): Promise<string | null> {
  for (const tool of ["java", "javac", "keytool", "mvn"]) if (Bun.which(tool) === null) return `${tool} is missing`;
  const pom = join(import.meta.dir, "quickfixj", "pom.xml");
  const goal = ["dependency:copy-dependencies", `-DoutputDirectory=${directory}`, "-DincludeScope=runtime"];
  const { code, out } = await run(["mvn", "-q", "-B", "-f", pom, ...goal], DOWNLOAD_MS);
  if (code === 0) return null;
  const line = out.split("\n").find((line) => line.includes("ERROR")) ?? `mvn ended with ${code}, or took too long`;
  return `its packages did not come: ${line.slice(0, 200)}`;
}

/** Compiles Flow.java beside its packages. Returns  the command that runs it. */
export async function buildQuickFixJ(directory: string): Promise<string[]> {
  const classes = [join(directory, "*"), directory].join(":");
  await built(["javac", "-d", directory, "-cp", classes, join(import.meta.dir, "quickfixj", "Flow.java")]);
  return ["java", "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", classes, "Flow"];
}

/** Why there is no QuickFIX/Go; null when its modules are on the machine after this. */
export async function getQuickFixGo(): Promise<string | null> {
  const missing = whyNoGo();
  if (missing !== null) return missing;
  const { code, err } = await run(["go", "-C", join(import.meta.dir, "quickfixgo"), "mod", "download"], DOWNLOAD_MS);
  return code === 0 ? null : `its modules did not come: ${(err.trim() || `go ended with ${code}`).slice(0, 200)}`;
}

/** Compiles tls-front or quickfixgo. Returns  its program. */
export async function buildGo(name: "tls-front" | "quickfixgo", directory: string): Promise<string> {
  const program = join(directory, name);
  await built(["go", "-C", join(import.meta.dir, name), "build", "-o", program, "."]);
  return program;
}

async function built(command: string[]): Promise<void> {
  const { code, out, err } = await run(command, BUILD_MS);
  if (code !== 0) throw new Error(`${command[0]}: ${out}${err}`);
}

/** Certificates of a peer and of its authority, as settings of QuickFIX in C++. */
export function quickFixTls(role: "client" | "venue", own: Files, ca: string): string {
  const side = role === "client" ? "Client" : "Server";
  return `${side}CertificateFile=${own.certificate}
${side}CertificateKeyFile=${own.key}
CertificationAuthoritiesFile=${ca}
CertificateVerifyLevel=2`;
}

/** The same as settings of QuickFIX/J, which wants PKCS 12. */
export async function quickFixJTls(all: Certificates, name: string, own: Files, ca: string): Promise<string> {
  const [keys, trust] = [all.path(`${name}.p12`), all.path(`${name}-trust.p12`)];
  const from = ["-in", own.certificate, "-inkey", own.key];
  all.run("pkcs12", "-export", "-name", name, ...from, "-out", keys, "-passout", `pass:${PASSWORD}`);
  rmSync(trust, { force: true });
  const to = ["-keystore", trust, "-storetype", "PKCS12", "-storepass", PASSWORD];
  await built(["keytool", "-importcert", "-noprompt", "-alias", "ca", "-file", ca, ...to]);
  return `SocketUseSSL=Y
SocketKeyStore=${keys}
SocketKeyStorePassword=${PASSWORD}
KeyStoreType=PKCS12
SocketTrustStore=${trust}
SocketTrustStorePassword=${PASSWORD}
TrustStoreType=PKCS12
NeedClientAuth=Y
EnabledProtocols=TLSv1.3
EndpointIdentificationAlgorithm=HTTPS`;
}

/** Settings of QuickFIX/Go: both sides show a certificate; a client looks for this name in the other's. */
export function quickFixGoTls(own: Files, ca: string, peerName: string): string {
  return `SocketUseSSL=Y
SocketPrivateKeyFile=${own.key}
SocketCertificateFile=${own.certificate}
SocketCAFile=${ca}
SocketServerName=${peerName}
SocketMinimumTLSVersion=TLS13`;
}

/** What a front needs: `role` client takes TCP and passes it on by TLS, `server` the other way. */
export interface FrontOptions {
  readonly role: "client" | "server";
  readonly listenPort: number;
  readonly targetPort: number;
  readonly own: Files;
  readonly ca: string;
  /** Name that a server's certificate must have. */
  readonly peerName: string;
}

/** A process that puts TLS before a peer without it. */
export class Front implements AsyncDisposable {
  private constructor(private readonly child: Bun.Subprocess) {}

  /** Stunnel, with a configuration file for this front. */
  static async stunnel(all: Certificates, options: FrontOptions): Promise<Front> {
    const { role, listenPort, targetPort, own, ca, peerName } = options;
    const file = all.path(`stunnel-${role}.conf`);
    const lines = `foreground = quiet
syslog = no
[front]
client = ${role === "client" ? "yes" : "no"}
accept = 127.0.0.1:${listenPort}
connect = 127.0.0.1:${targetPort}
cert = ${own.certificate}
key = ${own.key}
CAfile = ${ca}
verifyChain = yes
TIMEOUTclose = 0
`;
    writeFileSync(file, role === "client" ? `${lines}checkHost = ${peerName}\n` : lines);
    return Front.started(["stunnel", file], listenPort);
  }

  /** Go's crypto/tls. */
  static async go(program: string, { role, listenPort, targetPort, own, ca, peerName }: FrontOptions): Promise<Front> {
    const at = [`127.0.0.1:${listenPort}`, `127.0.0.1:${targetPort}`];
    return Front.started([program, role, ...at, own.certificate, own.key, ca, peerName], listenPort);
  }

  private static async started(command: string[], port: number): Promise<Front> {
    const errors = process.env.SALLYPORT_SHOW === undefined ? "ignore" : "inherit";
    const child = Bun.spawn(command, { stdin: "ignore", stdout: "ignore", stderr: errors });
    await until(`${command[0]} that listens`, () => child.exitCode === null && listens(port));
    return new Front(child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGKILL");
    await this.child.exited;
  }
}

/** Without a connection to it, which a front would pass on. */
function listens(port: number): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return new RegExp(`: 0100007F:${hex} \\S+ 0A `).test(readFileSync("/proc/net/tcp", "utf8"));
}
