import { list, wireEnum, wireObject, wireString } from '@clinker/ovirt-api';
import { isIPv4, isIPv6 } from 'node:net';
import type { z } from 'zod';
import { flag, oneOf, text } from '../http/unapplied.settings';

/** What a host name, a user name or a password cannot have; cloud-init writes them into lines of text. */
const CONTROL = /\p{Cc}/u;
const HOST_NAME = /^[A-Za-z0-9._-]*$/;
const USER_NAME = /^[^\s:,/]*$/;
const TIME_ZONE = /^[A-Za-z0-9_+/-]*$/;
/** `type key comment`, with options before it as in a file authorized_keys. */
const SSH_KEY = /(^|\s)(ssh-|ecdsa-|sk-)\S+\s+[A-Za-z0-9+/]+={0,2}(\s|$)/;

const IPV4_BITS = 32;
const IPV6_BITS = 128;
const MAX_PREFIX_DIGITS = 3;

/** The words of a list that is a text, as oVirt has it. */
export const words = (text = ''): string[] => text.split(/[\s,]+/).filter((word) => word !== '');

const line = (max: number) => wireString.max(max).refine((value) => !CONTROL.test(value), 'This must be one line of text');

const isAddress = (word: string): boolean => isIPv4(word) || isIPv6(word);
const addresses = line(1024).refine((value) => words(value).every(isAddress), 'These must be IP addresses, with spaces between them');
const keys = wireString.refine(
  (value) => value.split(/\r?\n/).every((key) => key.trim() === '' || (!CONTROL.test(key.trim()) && SSH_KEY.test(key))),
  'Each line must be a public SSH key',
);

const isPrefix = (value: string, bits: number): boolean =>
  /^\d+$/.test(value) && value.length <= MAX_PREFIX_DIGITS && Number(value) <= bits;

/** Ones, then zeros. */
const isIpv4Mask = (value: string): boolean => isIPv4(value) && /^1*0*$/.test(value.split('.').map(byteInBits).join(''));
const byteInBits = (byte: string): string => Number(byte).toString(2).padStart(8, '0');

function ip(version: 4 | 6) {
  const isIp = version === 4 ? isIPv4 : isIPv6;
  const isMask = (value: string) => (version === 4 ? isPrefix(value, IPV4_BITS) || isIpv4Mask(value) : isPrefix(value, IPV6_BITS));
  const address = wireString.refine((value) => value === '' || isIp(value), `This is not an IPv${version} address`).optional();
  const netmask = wireString.refine((value) => value === '' || isMask(value), `This is not a netmask of IPv${version}`).optional();
  return wireObject({ address, gateway: address, netmask, version: oneOf('IpVersion', 'v4', 'v6') }).optional();
}

const protocol = wireEnum(['autoconf', 'dhcp', 'none', 'poly_dhcp_autoconf', 'static'], 'BootProtocol').optional();

const nicConfiguration = wireObject({
  boot_protocol: protocol,
  ip: ip(4),
  ipv6: ip(6),
  ipv6_boot_protocol: protocol,
  name: line(64).optional(),
  on_boot: flag,
});

/**
 * What a guest gets to know when it is started for the first time (oVirt's `initialization`). Members for Windows' sysprep are kept and shown;
 * license keys are not.
 */
export const initializationSchema = wireObject({
  active_directory_ou: text,
  authorized_ssh_keys: keys.optional(),
  cloud_init_network_protocol: oneOf('CloudInitNetworkProtocol', 'eni', 'openstack_metadata'),
  custom_script: wireString.optional(),
  dns_search: line(1024).optional(),
  dns_servers: addresses.optional(),
  domain: text,
  host_name: wireString.max(255).regex(HOST_NAME, 'This is not a host name').optional(),
  input_locale: text,
  nic_configurations: list('nic_configuration', nicConfiguration)
    .transform((items) => ({ nic_configuration: items }))
    .optional(),
  org_name: text,
  regenerate_ids: flag,
  regenerate_ssh_keys: flag,
  root_password: line(1024).optional(),
  system_locale: text,
  timezone: wireString.max(64).regex(TIME_ZONE, 'This is not a time zone').optional(),
  ui_language: text,
  user_locale: text,
  user_name: wireString.max(255).regex(USER_NAME, 'This is not the name of a user').optional(),
});

export type Initialization = z.output<typeof initializationSchema>;
export type NicConfiguration = z.output<typeof nicConfiguration>;
