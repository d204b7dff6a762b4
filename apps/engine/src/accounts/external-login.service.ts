import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { UnauthenticatedError, UnavailableError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import type { Account } from './account.entity';
import { ExternalAccountsService, NameOfAnotherError } from './external-accounts.service';
import { oidcOptions } from './oidc.settings';
import type { ExternalIdentity } from './openid.claims';
import { type BrowserSecrets, OpenIdClient } from './openid.client';
import { ProviderFailure } from './openid.failure';
import { SsoRefusal } from './sso.documents';

/** How long (ms) the same trouble is not told again: a client that asks on and on must not fill the events. */
const TOLD_FOR_MS = 60_000;

const MAX_TOLD = 100;

/** How somebody is called whose name is not known yet. */
const somebodyOf = ({ profile }: OpenIdClient): string => `?@${profile}`;

/** Log-in of the users of the OpenID provider, if one is set. */
@Injectable()
export class ExternalLoginService implements OnModuleDestroy {
  private readonly provider: OpenIdClient | undefined;
  private readonly told = new Map<string, number>();

  constructor(
    private readonly accounts: ExternalAccountsService,
    private readonly events: EventsService,
    @Inject(ENGINE_SETTINGS) settings: EngineSettings,
  ) {
    const options = oidcOptions(settings);
    this.provider = options && new OpenIdClient(options);
  }

  async onModuleDestroy(): Promise<void> {
    await this.provider?.close();
  }

  /** True if the provider, and not a stored password, proves who this is. */
  serves(profile: string): boolean {
    return this.provider?.profile === profile;
  }

  /**
   * The account of whom the provider recognizes by this password, written as the provider describes it; undefined if it refuses.
   * @param name without the profile
   * @throws UnavailableError if the provider cannot say so now, UnauthenticatedError if the account cannot be used
   */
  async prove(name: string, password: string): Promise<Account | undefined> {
    const provider = this.needed();
    return this.written(`${name}@${provider.profile}`, provider.identify(name, password));
  }

  /** Where a browser logs in at the provider. @param callback where it comes back to @throws SsoRefusal, UnavailableError */
  async begin(callback: string): Promise<BrowserSecrets & { readonly address: string }> {
    const provider = this.needed();
    return provider.begin(callback).catch((error: unknown) => this.refuse(somebodyOf(provider), error));
  }

  /** The same as {@link prove}, of whom the provider has sent back. @param arrived the address with which the browser came back */
  async proveByCode(arrived: URL, secrets: BrowserSecrets): Promise<Account | undefined> {
    const provider = this.needed();
    return this.written(somebodyOf(provider), provider.identifyByCode(arrived, secrets));
  }

  private needed(): OpenIdClient {
    if (this.provider) return this.provider;
    throw new SsoRefusal('invalid_request', 'There is no OpenID provider to log in with.');
  }

  private async written(login: string, recognized: Promise<ExternalIdentity | undefined>): Promise<Account | undefined> {
    try {
      const identity = await recognized;
      return identity && (await this.accounts.write(this.needed().profile, identity));
    } catch (error) {
      return this.refuse(login, error);
    }
  }

  private async refuse(login: string, error: unknown): Promise<never> {
    if (error instanceof ProviderFailure) {
      await this.tell(`The OpenID provider could not log in user ${login}: `, error.message);
      throw new UnavailableError(`Cannot authenticate user '${login}': The OpenID provider cannot be asked now. Try again later.`);
    }
    if (!(error instanceof NameOfAnotherError)) throw error;
    await this.tell(`User ${login} failed to log in: `, error.message);
    throw new UnauthenticatedError(`Cannot authenticate user '${login}': The user name belongs to another user.`);
  }

  private async tell(beginning: string, reason: string): Promise<void> {
    if (Date.now() - (this.told.get(reason) ?? -Infinity) < TOLD_FOR_MS) return;
    if (this.told.size >= MAX_TOLD) this.told.clear();
    this.told.set(reason, Date.now());
    await this.events.record('EXTERNAL_LOGIN_FAILED', `${beginning}${reason}.`);
  }
}
