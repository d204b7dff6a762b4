import { Global, Module } from '@nestjs/common';
import { FollowService } from './follow.service';
import { Followers } from './followers';

/** The parameter `follow`. */
@Global()
@Module({ providers: [Followers, FollowService], exports: [Followers, FollowService] })
export class FollowModule {}
