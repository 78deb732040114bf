import { EMFILE, SystemError } from "../../ffi/errno.ts";
import { allocateFile, O_CREAT, O_RDWR, openFile, truncateFile, writeZeros } from "../../ffi/file.ts";
import { lockAll } from "../../ffi/locking.ts";
import { mapFileAt, populateWrite, reserve } from "../../ffi/memory.ts";
import {
  acceptTcp,
  closeSocket,
  connectTo,
  listenTcp,
  localPort,
  parseAddress,
  setBusyPoll,
} from "../../ffi/socket.ts";

/** A process short of rights, descriptors or disk, started by limits.test.ts; it tells what it was answered. */
const MIB = 1 << 20;

function shortOfRights(): object {
  const listening = listenTcp("127.0.0.1", 0, 512);
  const busyPoll = setBusyPoll(listening, 1000);
  const lock = lockAll();
  const address = parseAddress("127.0.0.1", localPort(listening));
  const connected: number[] = [];
  let fd = 0;
  while (connected.length < 500 && (fd = connectTo(address)) >= 0) connected.push(fd);
  const accept = acceptTcp(listening);
  closeSocket(connected.pop()!);
  const again = acceptTcp(listening);
  return { busyPoll, lock, connect: fd, accept, again: again > 0, text: new SystemError("accept4", -EMFILE).message };
}

function shortOfDisk(directory: string): object {
  const allocated = openFile(`${directory}/allocated`, O_RDWR | O_CREAT);
  const allocate = allocateFile(allocated, 4 * MIB);
  truncateFile(allocated, 0);
  const zeroed = openFile(`${directory}/zeroed`, O_RDWR | O_CREAT);
  const zeros = writeZeros(zeroed, 4 * MIB);
  truncateFile(zeroed, 0);
  const sparse = openFile(`${directory}/sparse`, O_RDWR | O_CREAT);
  truncateFile(sparse, 4 * MIB);
  const address = reserve(4 * MIB);
  mapFileAt(address, sparse, 0, 4 * MIB, true);
  const populate = populateWrite(address, 4 * MIB);
  truncateFile(sparse, 0);
  return { allocate, zeros, populate, fits: allocateFile(allocated, MIB / 2) };
}

const directory = process.argv[2];
console.log(JSON.stringify(directory === undefined ? shortOfRights() : shortOfDisk(directory)));
