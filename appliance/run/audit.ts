import { deserialize } from "node:v8";
import { type AuditJob, runAuditJob } from "../../src/audit/job.ts";
import { BadQuestion } from "../../src/audit/read.ts";
import type { DoctorJob } from "../../src/gateway/operation/doctor.ts";
import type { DoctorReport } from "../../src/operation/doctor.ts";
import { type CloseJob, closeDay } from "../../src/reports/close-day.ts";
import { makeReport, type ReportJob } from "../../src/reports/job.ts";
import { bytesToStdout, toStderr, toStdout } from "../journal/output.ts";
import { stepBack } from "./step-back.ts";

const OK = 0;
const FAILED = 1;
/** The question itself is wrong. */
const BAD_QUESTION = 2;

/**
 * Reads the journal of a running gateway, or checks its machine; the gateway starts this and writes the job to standard input.
 * Returns  the process's exit code.
 */
export async function auditCommand(): Promise<number> {
  stepBack();
  try {
    const job = deserialize(await Bun.stdin.bytes()) as AuditJob | ReportJob | CloseJob | DoctorJob;
    if (job.kind === "close") toStdout(`${JSON.stringify(closeDay(job))}\n`);
    else if (job.kind === "doctor") toStdout(`${JSON.stringify(await examined(job))}\n`);
    else if ("range" in job) makeReport(job, bytesToStdout);
    else await runAuditJob(job, toStdout);
    return OK;
  } catch (error) {
    toStderr((error as Error).message);
    return error instanceof BadQuestion ? BAD_QUESTION : FAILED;
  }
}

/** Loaded here: the other jobs need none of it. */
async function examined(job: DoctorJob): Promise<DoctorReport> {
  const { examineRunning } = await import("../doctor/doctor.ts");
  return examineRunning(job);
}
