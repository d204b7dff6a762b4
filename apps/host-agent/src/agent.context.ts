import type { Logger } from '@clinker/logging';
import type { AgentSettings } from './agent.settings';

/** What main.ts knows before there are any parts. */
export class AgentContext {
  constructor(
    readonly settings: AgentSettings,
    readonly logger: Logger,
    /** A UUID that is another one with every start of the agent. */
    readonly runId: string,
  ) {}

  get hostName(): string {
    return this.settings.CLINKER_HOST_NAME;
  }
}
