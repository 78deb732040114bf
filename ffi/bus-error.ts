import {
  MAP_ANONYMOUS,
  MAP_PRIVATE,
  PAGE_BYTES,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
  SA_ONSTACK,
  SA_SIGINFO,
  SIGACTION_BYTES,
  SIGACTION_FLAGS_AT,
  SIGBUS,
  SYS_sendto,
  SYS_write,
} from "./abi.ts";
import { checked } from "./errno.ts";
import { libc } from "./libc.ts";
import { addressOf, SCRATCH_BYTES, viewAt } from "./memory.ts";

/** Exit code of a process that the handler ends (EX_IOERR). */
export const BUS_ERROR_EXIT = 74;

/*  An access to a mapped file behind its end, or to a page that the disk can't give, is a SIGBUS. JavaScript can't run then, so the
 *  handler is separate machine code in a separate page. It compares the address with a list of ranges. In one of them: it writes
 *  that range's text and ends the process. In none: it continues in the handler that was there before.
 *
 *  x86-64                                  aarch64                                    the list, words of 8 bytes
 *    mov    rax, [rsi+16]   ; si_addr        ldr x3, [x1, #16]                           0 count of ranges
 *    movabs r11, LIST                        ldr x4, LIST                                8 handler before
 *    mov    rcx, [r11]                       ldr x5, [x4]                               16 descriptor of the text
 *    lea    rdi, [r11+32]                    add x6, x4, #32                            24 number of write, or of sendto
 *  loop:                                   loop:                                        32 first range: from
 *    test   rcx, rcx                         cbz x5, chain                              40              to
 *    jz     chain                            ldr x7, [x6]                               48              address of its text
 *    cmp    rax, [rdi]                       cmp x3, x7                                 56              bytes of its text
 *    jb     next                             b.lo next
 *    cmp    rax, [rdi+8]                     ldr x7, [x6, #8]
 *    jae    next                             cmp x3, x7
 *    mov    rsi, [rdi+16]                    b.hs next
 *    mov    rdx, [rdi+24]                    ldr x1, [x6, #16]
 *    mov    rdi, [r11+16]                    ldr x2, [x6, #24]
 *    mov    rax, [r11+24]                    ldr x0, [x4, #16]
 *    mov    r10d, 0x4040    ; MSG_DONTWAIT   ldr x8, [x4, #24]
 *    xor    r8d, r8d        ; MSG_NOSIGNAL   mov x3, #0x4040
 *    xor    r9d, r9d                         mov x4, #0
 *    syscall                                 mov x5, #0
 *    mov    edi, 74                          svc #0
 *    mov    eax, 231        ; exit_group     mov x0, #74
 *    syscall                                 mov x8, #94
 *  next:                                     svc #0
 *    add    rdi, 32                        next:
 *    dec    rcx                              add x6, x6, #32
 *    jmp    loop                             sub x5, x5, #1
 *  chain:                                    b loop
 *    mov    edi, 7          ; SIGBUS       chain:
 *    jmp    [r11+8]                          ldr x7, [x4, #8]
 *                                            mov x0, #7
 *                                            br x7
 *                                            LIST
 */
const X86_64 =
  "488b461049bb0000000000000000498b0b498d7b204885c9743e483b077230483b4708732a488b7710488b5718498b7b10498b431841ba404000004531c04531c90f05bf4a000000b8e70000000f054883c72048ffc9ebbdbf0700000041ff6308";
const AARCH64 =
  "230840f964030058850040f986800091a50200b4c70040f97f0007ebe3010054c70440f97f0007eb82010054c10840f9c20c40f9800840f9880c40f9030888d2040080d2050080d2010000d4400980d2c80b80d2010000d4c6800091a50400d1ecffff17870440f9e00080d2e0001fd60000000000000000";
const X86_64_LIST_AT = 6;
const AARCH64_LIST_AT = 112;

const HEAD_BYTES = 32;
const RANGE_BYTES = 32;
/** Longest text; longer ones are cut. */
const TEXT_BYTES = 1024;

/** Memory that a file is mapped to, and what the process says when that file fails it. */
export interface BusErrorRange {
  readonly address: number;
  readonly bytes: number;
}

/** The handler of bus errors in some ranges of memory. Once in a process; it stays to the end. */
export class BusErrorHandler {
  private readonly list: ArrayBuffer;
  private readonly words: BigUint64Array;
  private readonly texts: Uint8Array;

  /** `fd` takes the text, as a write that does not wait; a socket takes it as a message. */
  constructor(
    private readonly ranges: readonly BusErrorRange[],
    fd: number,
    isSocket: boolean,
  ) {
    const headBytes = HEAD_BYTES + RANGE_BYTES * ranges.length;
    this.list = new ArrayBuffer(Math.max(SCRATCH_BYTES, headBytes + TEXT_BYTES * ranges.length));
    this.words = new BigUint64Array(this.list, 0, headBytes >> 3);
    this.texts = new Uint8Array(this.list, headBytes);
    const textsAt = addressOf(this.list) + headBytes;
    const words = [0, 0, fd, isSocket ? SYS_sendto : SYS_write];
    for (const [i, { address, bytes }] of ranges.entries())
      words.push(address, address + bytes, textsAt + i * TEXT_BYTES, 0);
    this.words.set(words.map(BigInt));
  }

  /** The text of a range, with the end of its line. */
  set(range: number, text: string): void {
    const place = this.texts.subarray(range * TEXT_BYTES, (range + 1) * TEXT_BYTES);
    const { written } = new TextEncoder().encodeInto(text, place);
    this.words[(HEAD_BYTES + range * RANGE_BYTES + 24) >> 3] = BigInt(written);
  }

  /** From now on the ranges have the handler. Throws SystemError. */
  install(): void {
    const code = this.code();
    const scratch = new DataView(new ArrayBuffer(SCRATCH_BYTES));
    const actionAt = addressOf(scratch.buffer);
    const beforeAt = actionAt + SIGACTION_BYTES;
    scratch.setBigUint64(0, BigInt(code), true);
    scratch.setInt32(SIGACTION_FLAGS_AT, SA_SIGINFO | SA_ONSTACK, true);
    checked("sigaction", libc.sigaction(SIGBUS, 0, beforeAt));
    this.words[1] = scratch.getBigUint64(SIGACTION_BYTES, true);
    this.words[0] = BigInt(this.ranges.length);
    checked("sigaction", libc.sigaction(SIGBUS, actionAt, beforeAt));
  }

  /** Returns  the address of the code. */
  private code(): number {
    const arm = process.arch === "arm64";
    const code = Buffer.from(arm ? AARCH64 : X86_64, "hex");
    code.writeBigUInt64LE(BigInt(addressOf(this.list)), arm ? AARCH64_LIST_AT : X86_64_LIST_AT);
    const flags = MAP_PRIVATE | MAP_ANONYMOUS;
    const at = checked("mmap (handler)", libc.mmap(0, PAGE_BYTES, PROT_READ | PROT_WRITE, flags, -1, 0));
    new Uint8Array(viewAt(at, PAGE_BYTES)).set(code);
    checked("mprotect", libc.mprotect(at, PAGE_BYTES, PROT_READ | PROT_EXEC));
    return at;
  }
}
