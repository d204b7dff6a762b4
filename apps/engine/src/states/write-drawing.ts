import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { drawingOf } from './status.drawing';
import { STATUS_MACHINES } from './status.machines';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('Name the file to write');
writeFileSync(file, drawingOf(STATUS_MACHINES));
