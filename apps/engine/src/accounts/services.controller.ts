import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { readFile } from 'node:fs/promises';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { Open } from '../permissions/access.declarations';
import { AccountsService } from './accounts.service';
import { formOf } from './sso.documents';

/** The formats of certificates and their media types. */
const FORMATS: Readonly<Record<string, string>> = {
  'X509-PEM-CA': 'application/x-x509-ca-cert',
  'X509-PEM': 'application/x-x509-cert',
};

const known = (names: object): string => Object.keys(names).join(', ');

/** What oVirt offers without log-in beside the API. */
@Open()
@Controller('ovirt-engine/services')
export class ServicesController {
  constructor(
    private readonly accounts: AccountsService,
    @Inject(ENGINE_SETTINGS) private readonly settings: EngineSettings,
  ) {}

  @Get('health')
  async health(@Res() response: Response): Promise<void> {
    const up = await this.accounts.isReachable();
    response
      .status(up ? 200 : 503)
      .type('text/plain')
      .send(up ? 'DB Up!Welcome to Health Status!' : 'DB Down!');
  }

  /** Certificates that clients may want before they trust anything here. */
  @Get('pki-resource')
  async certificate(@Req() request: Request, @Res() response: Response): Promise<void> {
    const { resource, format = 'X509-PEM-CA' } = formOf(request.query);
    const files = { 'ca-certificate': this.settings.CLINKER_CA, 'engine-certificate': this.settings.CLINKER_TLS_CERT };
    const file = Object.entries(files).find(([name]) => name === resource)?.[1];
    const type = FORMATS[format];
    if (file && type) return void response.type(type).send(await readFile(file, 'utf8'));
    const text = `The parameter resource is one of ${known(files)}; format is one of ${known(FORMATS)}.`;
    response
      .status(file ? 400 : 404)
      .type('text/plain')
      .send(text);
  }
}
