import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AccessInspector } from './access.inspector';
import { AccessService } from './access.service';
import { PermissionsController } from './permissions.controller';
import { PermissionsService } from './permissions.service';
import { RefusalLog } from './refusal.log';
import { RoleFollowers } from './role.followers';
import { RolesController } from './roles.controller';
import { RolesService } from './roles.service';
import { VisibleObjects } from './visible-objects.service';

/** Who may do what, and who sees what. */
@Global()
@Module({
  imports: [DiscoveryModule],
  controllers: [RolesController, PermissionsController],
  providers: [AccessService, AccessInspector, RefusalLog, PermissionsService, RolesService, RoleFollowers, VisibleObjects],
  exports: [AccessService, AccessInspector, PermissionsService, RolesService, VisibleObjects],
})
export class PermissionsModule {}
