export { freePort } from './free-port';
export { freshDatabase, type FreshDatabase } from './fresh-database';
export { HttpProxy } from './http-proxy';
export type { Disturbance, HttpProxyOptions, RequestMatch, SeenRequest } from './http-proxy';
export { PrivateLibvirtd } from './private-libvirtd';
export { PrivatePostgres } from './private-postgres';
export { PrivateRedis } from './private-redis';
export { schemaFaultsOfAnswer, schemaFaultsOfJson, schemaFaultsOfXml } from './ovirt-schema/schema.check';
export { missingElements, recordedCollections } from './ovirt-schema/recorded.elements';
