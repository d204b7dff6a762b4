import { Inject, Injectable } from '@nestjs/common';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { InvalidInputError, NotFoundError } from '../errors/domain.errors';
import { DIRECTORY_ENDING, INTERNAL_PROFILE } from './internal.domain';

/** Where accounts and groups come from. */
export interface Directory {
  /** What stands behind the `@` of a log-in. */
  readonly profile: string;
  /** What stands behind the `@` of users in the API. */
  readonly name: string;
  readonly id: string;
}

/** How a client refers to a directory: by its name or its profile's, or by its id. */
export interface DirectoryReference {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

/** A user as a client names him. */
export interface NamedUser {
  readonly directory: Directory;
  readonly userName: string;
}

/** The directory of a profile. As in oVirt, its id is its name in hexadecimal. */
export function directoryOf(profile: string): Directory {
  const name = `${profile}${DIRECTORY_ENDING}`;
  return { profile, name, id: Buffer.from(name).toString('hex').toUpperCase() };
}

const INTERNAL = directoryOf(INTERNAL_PROFILE);

/** The directories that there are: the built-in one, and that of the OpenID provider if one is set. */
@Injectable()
export class DirectoriesService {
  readonly all: readonly Directory[];

  constructor(@Inject(ENGINE_SETTINGS) { CLINKER_OIDC_PROFILE: profile }: EngineSettings) {
    this.all = profile === undefined ? [INTERNAL] : [INTERNAL, directoryOf(profile)];
  }

  /** @throws NotFoundError */
  get(id: string): Directory {
    const found = this.all.find((one) => one.id === id.toUpperCase());
    if (!found) throw new NotFoundError('Domain', id);
    return found;
  }

  /** The one that a client refers to; the built-in one if to none. @throws NotFoundError */
  referred(reference: DirectoryReference | undefined): Directory {
    const text = reference?.name ?? reference?.id;
    if (text === undefined) return INTERNAL;
    const found = this.all.find(({ profile, name, id }) => [profile, name, id].includes(text));
    if (!found) throw new NotFoundError('Domain', text);
    return found;
  }

  /**
   * The directory and the plain name of `jane`, `jane@corp` or `jane@corp-authz`. A directory that is named beside it decides.
   * @throws NotFoundError, InvalidInputError if nothing stands before the `@`
   */
  place(name: string, reference: DirectoryReference | undefined): NamedUser {
    const directory = reference ? this.referred(reference) : (this.all.find((one) => endingOf(name, one)) ?? INTERNAL);
    const userName = name.slice(0, name.length - endingOf(name, directory).length);
    if (userName) return { directory, userName };
    throw new InvalidInputError('User [userName] must have something before the @.');
  }
}

/** `@corp` or `@corp-authz`, if the name ends so. */
const endingOf = (name: string, { profile, name: directory }: Directory): string =>
  [`@${profile}`, `@${directory}`].find((ending) => name.endsWith(ending)) ?? '';
