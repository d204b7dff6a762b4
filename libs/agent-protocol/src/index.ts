export {
  ANSWER_WITHIN_MS,
  CORRELATION_HEADER,
  ENGINE_PATIENCE_MS,
  commandSubject,
  hostOfNotice,
  inboxPrefix,
  isHostName,
  noticeSubject,
} from './subjects';
export {
  SECRET_USAGE_PREFIX,
  diskDefinitionSchema,
  diskSourceSchema,
  monitorSchema,
  nicDefinitionSchema,
  rbdSourceSchema,
  savedMemorySchema,
  secretDefinitionSchema,
  secretSetSchema,
  seedSchema,
  vmDefinitionSchema,
  volumeSideSchema,
} from './definitions';
export type {
  DiskDefinition,
  DiskSource,
  Monitor,
  NicDefinition,
  RbdSource,
  SavedMemory,
  SecretDefinition,
  SecretSet,
  Seed,
  VmDefinition,
  VolumeSide,
} from './definitions';
export { diskMeasuresSchema, guestMeasuresSchema } from './guest.measures';
export type { DiskMeasures, GuestMeasures } from './guest.measures';
export { domainNameOf } from './domain.name';
export { AgentError, agentErrorCodes, agentErrorSchema } from './errors';
export type { AgentErrorBody, AgentErrorCode } from './errors';
export { answerSchema, commands } from './commands';
export type { Answer, CommandName, CommandReply, CommandRequest } from './commands';
export {
  PAUSED_FOR_SNAPSHOT,
  capabilitiesSchema,
  consoleAddressSchema,
  diskReportSchema,
  domainNoticeSchema,
  domainReportSchema,
  heartbeatSchema,
} from './reports';
export type { Capabilities, ConsoleAddress, DiskReport, DomainNotice, DomainReport, Heartbeat } from './reports';
export { notices } from './notices';
export type { NoticeName, NoticeReply, NoticeRequest } from './notices';
export { type GuestDevice, type GuestFacts, type GuestReport, guestFactsSchema, guestReportSchema } from './guest.report';
