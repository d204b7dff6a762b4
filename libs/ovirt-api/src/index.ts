export { MAX_ATTRIBUTES, MAX_DEPTH, MAX_DOCUMENT_LENGTH, MalformedDocument } from './wire.document';
export type { ParsedDocument, Wire, WireObject } from './wire.document';
export type { Bytes } from './byte.sink';
export { toXml, toXmlBytes } from './xml.serializer';
export { toJson } from './json.serializer';
export { fromXml } from './xml.parser';
export { fromJson } from './json.parser';
export { contentKind, negotiate } from './media-type.negotiation';
export type { DocumentKind } from './media-type.negotiation';
export { booleanParameter, parameter, parseTarget } from './request.target';
export type { ApiPrefix, RequestTarget } from './request.target';
export { Links } from './links.builder';
export type { Actions, Reference } from './links.builder';
export { isShared, share } from './shared.object';
export { linkList } from './member.order';
export { SubLinks } from './sub.links';
export type { Link } from './sub.links';
export { collectionOf, elementNames, elementOfType, itemOf, relOf } from './element.names';
export { collection } from './collection.document';
export { API_VERSION, BLANK_ID, apiRoot } from './root.document';
export type { ActiveTotal, RootDocument } from './root.document';
export { actionFailed, fault, operationFailed, reasons } from './fault.builder';
export type { FailedAction, Fault } from './fault.builder';
export { correlationId } from './correlation.id';
export { ovirtDate } from './ovirt.date';
export { parseFollow } from './follow.parser';
export type { FollowTree } from './follow.parser';
export { malformedId, messageFault, messages, renderMessage } from './fault.messages';
export type { Message, MessageParameter } from './fault.messages';
export { MAX_SEARCH_LENGTH, parseSearch } from './search.parser';
export { SearchSyntaxError, likePattern, visitSearch } from './search.query';
export type {
  SearchComparison,
  SearchField,
  SearchGroup,
  SearchOperator,
  SearchQuery,
  SearchTerm,
  SearchText,
  SearchVisitor,
} from './search.query';
export {
  list,
  properties,
  reference,
  wireBoolean,
  wireDate,
  wireEnum,
  wireDecimal,
  wireInteger,
  wireObject,
  wireString,
  wireUuid,
} from './input.schema';
export type { ReferenceInput } from './input.schema';
export { InvalidInput, invalidInput, readInput } from './input.fault';
export type { InputContext } from './input.fault';
