import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { wholeDocument } from './whole.document';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('Name the file to write');
writeFileSync(file, wholeDocument());
