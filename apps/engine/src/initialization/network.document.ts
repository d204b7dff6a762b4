import { type Initialization, type NicConfiguration, words } from './initialization.input';

const IPV4_BITS = 32;
const BYTE = 8;
const GROUP = 16;
const GROUPS = 8;

/** One of OpenStack's `networks`. */
interface NetworkEntry {
  readonly id: string;
  readonly link: string;
  readonly type: string;
  readonly [member: string]: unknown;
}

/** OpenStack's network_data.json. */
export interface NetworkDocument {
  readonly links: readonly { readonly id: string; readonly type: string; readonly [member: string]: unknown }[];
  readonly networks: readonly NetworkEntry[];
  readonly services: readonly { readonly type: 'dns'; readonly address: string }[];
}

/** `24` as `255.255.255.0`. */
function ipv4Mask(prefix: string): string {
  const bits = '1'.repeat(Number(prefix)).padEnd(IPV4_BITS, '0');
  return [0, 1, 2, 3].map((index) => Number.parseInt(bits.slice(index * BYTE, (index + 1) * BYTE), 2)).join('.');
}

/** `64` as `ffff:ffff:ffff:ffff::`. */
function ipv6Mask(prefix: string): string {
  const bits = '1'.repeat(Number(prefix)).padEnd(GROUP * GROUPS, '0');
  const groups = Array.from({ length: GROUPS }, (_, index) => Number.parseInt(bits.slice(index * GROUP, (index + 1) * GROUP), 2));
  const used = groups.filter((group) => group > 0).map((group) => group.toString(16));
  return used.length === GROUPS ? used.join(':') : `${used.join(':')}::`;
}

/** How OpenStack calls the kinds of addresses that a guest finds out by itself. */
const BY_ITSELF = {
  4: { dhcp: 'ipv4_dhcp', poly_dhcp_autoconf: 'ipv4_dhcp' },
  6: { dhcp: 'ipv6_dhcp', poly_dhcp_autoconf: 'ipv6_dhcp', autoconf: 'ipv6_slaac' },
} as const;

/** Addresses of a version that an interface gets; null if none. Without a protocol an address means: this one. */
function addressing(version: 4 | 6, nic: NicConfiguration): Record<string, unknown> | null {
  const [protocol, ip] = version === 4 ? [nic.boot_protocol, nic.ip] : [nic.ipv6_boot_protocol, nic.ipv6];
  const byItself = (BY_ITSELF[version] as Record<string, string>)[protocol ?? ''];
  if (byItself !== undefined) return { type: byItself };
  if (protocol === 'none' || protocol === 'autoconf' || !ip?.address) return null;
  const everywhere = version === 4 ? '0.0.0.0' : '::';
  const routes = ip.gateway ? [{ network: everywhere, netmask: everywhere, gateway: ip.gateway }] : [];
  return { type: `ipv${version}`, ip_address: ip.address, ...maskOf(version, ip.netmask), routes };
}

function maskOf(version: 4 | 6, netmask = ''): Record<string, string> {
  if (netmask === '') return {};
  if (netmask.includes('.')) return { netmask };
  return { netmask: version === 4 ? ipv4Mask(netmask) : ipv6Mask(netmask) };
}

/** Where names are looked up. */
interface Resolving {
  readonly servers: readonly string[];
  readonly search: readonly string[];
}

/** Names are looked up through each interface, and told of once for each: cloud-init 22 has no ears for the `services` where it writes for netplan. */
function networksOf(nic: NicConfiguration, link: string, { servers, search }: Resolving): NetworkEntry[] {
  const resolving = { ...(servers.length > 0 && { dns_nameservers: servers }), ...(search.length > 0 && { dns_search: search }) };
  const entries = ([4, 6] as const).flatMap((version) => {
    const addresses = addressing(version, nic);
    return addresses ? [{ id: `${link}-ipv${version}`, link, type: '', ...addresses }] : [];
  });
  return entries.map((entry, index) => (index === 0 ? { ...entry, ...resolving } : entry));
}

/** As oVirt: an interface is meant by the name that the guest gives it. */
const namedLink = ({ name = '' }: NicConfiguration, id: string) => ({ id, type: 'phy', ...(name && { name }) });

/**
 * What the guest's network is to be; undefined if nothing was said of it: then the guest asks by DHCP. Name servers alone are for all the VM's
 * interfaces, which ask by DHCP then, since a guest that is told of some network does nothing by itself.
 * @param macs of the VM's interfaces
 */
export function networkDocument(initialization: Initialization, macs: readonly string[]): NetworkDocument | undefined {
  const resolving = { servers: words(initialization.dns_servers), search: words(initialization.dns_search) };
  const services = resolving.servers.map((address) => ({ type: 'dns' as const, address }));
  const nics = initialization.nic_configurations?.nic_configuration.filter(({ name }) => name) ?? [];
  if (nics.length > 0) {
    const named = nics.map((nic) => ({ nic, id: nic.name ?? '' }));
    return {
      links: named.map(({ nic, id }) => namedLink(nic, id)),
      networks: named.flatMap(({ nic, id }) => networksOf(nic, id, resolving)),
      services,
    };
  }
  if (macs.length === 0 || resolving.servers.length + resolving.search.length === 0) return undefined;
  const all = macs.map((mac, index) => ({ id: `nic${index}`, type: 'phy', ethernet_mac_address: mac }));
  return { links: all, networks: all.flatMap(({ id }) => networksOf({ boot_protocol: 'dhcp' }, id, resolving)), services };
}
