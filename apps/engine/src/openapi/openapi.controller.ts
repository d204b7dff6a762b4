import { Controller, Get, Res, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { Response } from 'express';
import { Open } from '../permissions/access.declarations';
import { type OpenApiDocument, openApiDocument } from './openapi.document';
import { openApiPage } from './openapi.page';
import { catalogOf } from './route.catalog';

/** The page is text and style of its own, and nothing else may ever run in it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** What this API is, for programs and for people. */
@Controller()
@Open()
export class OpenApiController {
  private document: OpenApiDocument | undefined;

  constructor(private readonly modules: ModulesContainer) {}

  @Get('api/openapi.json')
  json(@Res() response: Response): void {
    response.type('application/json').send(JSON.stringify(this.described()));
  }

  @Get('ovirt-engine/apidoc')
  page(@Res() response: Response): void {
    response.setHeader('Content-Security-Policy', POLICY);
    response.type('text/html').send(openApiPage(this.described()));
  }

  private described(): OpenApiDocument {
    const controllers = [...this.modules.values()].flatMap((module) => [...module.controllers.values()]);
    const types = controllers.map(({ metatype }) => metatype).filter((metatype): metatype is Type => typeof metatype === 'function');
    return (this.document ??= openApiDocument(catalogOf([...new Set(types)])));
  }
}
