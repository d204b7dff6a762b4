/**
 * What can go wrong in the domain, in few classes that know nothing of HTTP. http/fault.filter.ts maps them to oVirt's faults in one place.
 * The message is for the caller: it names the object and what would be allowed, and never holds a secret.
 */
export abstract class DomainError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** No object with this id or name, or none that the caller may see. */
export class NotFoundError extends DomainError {
  constructor(
    readonly type: string,
    readonly id: string,
  ) {
    super(`${type} with id or name '${id}' does not exist.`);
  }
}

/** The object is not in a state, or not in a relation to others, that allows this now. */
export class ConflictError extends DomainError {}

/** The request itself cannot be right: a value out of range, a reference to nothing, a combination that makes no sense. */
export class InvalidInputError extends DomainError {}

/** A mandatory part of the request is missing. */
export class IncompleteInputError extends DomainError {}

/** A limit or quota would be exceeded. */
export class LimitExceededError extends DomainError {}

/** The caller may not do this. */
export class ForbiddenError extends DomainError {}

/** No or wrong credentials. */
export class UnauthenticatedError extends DomainError {}

/** Clinker does not do this. */
export class UnsupportedError extends DomainError {}

/** Something beside the engine cannot be used now: the same request may succeed later. */
export class UnavailableError extends DomainError {}

/** A system behind us (Keystone, Cinder, a host) refused or did not answer; the message says which, and what it said. */
export class BackendError extends DomainError {}
