import { wireString } from '@clinker/ovirt-api';
import type { ValueTransformer } from 'typeorm';

const PATTERN = /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i;

/** The bit of an address that says "to many": no interface has such an address. */
const MULTICAST_BIT = 2 ** 40;

/** `56:6f:00:00:00:01` as a number. */
export const macNumber = (address: string): number => Number.parseInt(address.replace(/[:-]/g, ''), 16);

/** A number as `56:6f:00:00:00:01`. */
export const macText = (mac: number): string =>
  mac
    .toString(16)
    .padStart(12, '0')
    .replace(/(..)(?!$)/g, '$1:');

/** True if the address can belong to one interface. */
export const isUnicast = (address: string): boolean => Math.floor(macNumber(address) / MULTICAST_BIT) % 2 === 0;

/** An address of one interface, in a body. */
export const unicastMac = wireString
  .regex(PATTERN, 'This is not a MAC address, such as 56:6f:00:00:00:01')
  .transform((address) => address.toLowerCase().replaceAll('-', ':'))
  .refine(isUnicast, 'MAC address must be unicast');

/** Addresses are numbers in the database, so that ranges can be counted through; text here. */
export const macTransformer: ValueTransformer = {
  to: (value: unknown) => (typeof value === 'string' ? macNumber(value) : value),
  from: (value: string | null) => (value === null ? null : macText(Number(value))),
};
