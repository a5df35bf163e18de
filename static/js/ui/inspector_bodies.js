/** What the inspector shows of each kind of thing: loaded when something is first selected. */
import { ClientBody } from "./inspector_client.js";
import { LinkBody } from "./inspector_link.js";
import { MessageBody } from "./inspector_message.js";
import { NodeBody } from "./inspector_node.js";

export const BODIES = { node: NodeBody, client: ClientBody, message: MessageBody, link: LinkBody };
