import { Global, Module } from '@nestjs/common';
import { DataCentersController } from './data-centers.controller';
import { DataCentersService } from './data-centers.service';

/** Data centers, to which storage domains are attached and clusters belong. */
@Global()
@Module({ providers: [DataCentersService], controllers: [DataCentersController], exports: [DataCentersService] })
export class DataCentersModule {}
