import type { Links, WireObject } from '@clinker/ovirt-api';
import type { Qos } from './qos.entity';

/** A QoS as oVirt shows it. Throughputs in MiB a second. */
export function qosRepresentation(qos: Qos, links: Links): WireObject {
  return {
    ...links.reference(`datacenters/${qos.dataCenterId}/qoss`, qos.id),
    name: qos.name,
    description: qos.description,
    type: 'storage',
    max_throughput: qos.maxThroughput ?? undefined,
    max_read_throughput: qos.maxReadThroughput ?? undefined,
    max_write_throughput: qos.maxWriteThroughput ?? undefined,
    max_iops: qos.maxIops ?? undefined,
    max_read_iops: qos.maxReadIops ?? undefined,
    max_write_iops: qos.maxWriteIops ?? undefined,
    data_center: links.reference('datacenters', qos.dataCenterId),
  };
}
