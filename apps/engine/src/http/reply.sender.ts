import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { FollowService } from '../follow/follow.service';
import { VisibleLists } from '../permissions/visible-lists';
import type { ApiRequest, WithApi } from './api-request';
import { sendDocument, sendFile } from './fault.response';
import type { Reply } from './reply';

/** Sends a controller's {@link Reply}, without what its caller does not see, and with what he wants to be inlined. */
@Injectable()
export class ReplySender {
  constructor(
    private readonly lists: VisibleLists,
    private readonly links: FollowService,
  ) {}

  /** @throws MalformedDocument, InvalidInputError for what is asked to be inlined */
  async send(response: Response, api: ApiRequest, reply: Reply): Promise<void> {
    if (reply.file) return sendFile(response, reply.file);
    const { method, protocol, headers } = response.req as WithApi;
    const seen = await this.lists.narrow(reply.body, api.viewer);
    const body = method === 'GET' ? await this.links.apply(seen, api) : seen;
    if (reply.location) response.setHeader('Location', `${protocol}://${headers.host ?? ''}${reply.location}`);
    sendDocument(response, api.format, reply.status, { element: reply.element, body });
  }
}
