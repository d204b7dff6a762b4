import { Controller, Get, Module } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { LoggedIn, Open } from './access.declarations';
import { AccessInspector } from './access.inspector';

@Controller('declared')
class DeclaredController {
  @Get()
  @LoggedIn()
  list(): void {}
}

@Controller(['open', 'api/open'])
@Open()
class OpenController {
  @Get(['one', 'other'])
  list(): void {}
}

@Controller('silent')
class SilentController {
  @Get()
  list(): void {}
}

async function start(controllers: (new () => object)[]) {
  @Module({ imports: [DiscoveryModule], controllers, providers: [AccessInspector] })
  class PartModule {}
  const application = await NestFactory.create(PartModule, { logger: false, abortOnError: false });
  await application.init();
  return application;
}

describe('an engine', () => {
  it('starts if each route or its controller declares who may use it', async () => {
    const application = await start([DeclaredController, OpenController]);
    const routes = application.get(AccessInspector).routes();
    expect(routes.map(({ paths, declaration }) => [paths, declaration?.kind])).toEqual([
      [['/declared'], 'logged-in'],
      [['/open/one', '/open/other', '/api/open/one', '/api/open/other'], 'open'],
    ]);
    await application.close();
  });

  it('does not start with a route that declares nothing, and names it', async () => {
    await expect(start([DeclaredController, SilentController])).rejects.toThrow(/do not declare .*: SilentController\.list$/);
  });
});
