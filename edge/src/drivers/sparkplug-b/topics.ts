export const messageTypes = ["NBIRTH", "NDATA", "NDEATH", "DBIRTH", "DDATA", "DDEATH"] as const;
export type MessageType = (typeof messageTypes)[number];

export interface SparkplugTopic {
  readonly group: string;
  readonly node: string;
  readonly type: MessageType;
  /** Absent for the node's own messages. */
  readonly device: string | undefined;
}

interface NodeName {
  readonly group: string;
  readonly node: string;
}

/** A topic of the namespace spBv1.0 (Eclipse Sparkplug 3.0.0, 4), or `undefined`; commands and states are none of a node's own. */
export function parseTopic(topic: string): SparkplugTopic | undefined {
  const [space, group, typeText, node, device, ...more] = topic.split("/");
  const type = messageTypes.find(each => each === typeText);
  if (space !== "spBv1.0" || !group || !node || type === undefined || more.length > 0) return undefined;
  return type.startsWith("D") === (device !== undefined && device !== "") ? { group, node, type, device } : undefined;
}

/** What a node and all of its devices publish to. */
export function topicFilters({ group, node }: NodeName): readonly string[] {
  return messageTypes.map(type => `spBv1.0/${group}/${type}/${node}${type.startsWith("D") ? "/+" : ""}`);
}

/** Where a node takes commands. */
export function commandTopic({ group, node }: NodeName): string {
  return `spBv1.0/${group}/NCMD/${node}`;
}
