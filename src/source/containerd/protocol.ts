/**
 * What is used of containerd's API (containerd api/services/{images,namespaces,introspection,content}/v1, api/types), with
 * the fields that are read. Names of packages and messages are not on the wire, so that all are in one place here.
 */
export const messages = `
syntax = "proto3";

message Empty {}

message Descriptor { string digest = 2; }
message Image { string name = 1; Descriptor target = 3; }
message ListImagesRequest { repeated string filters = 1; }
message ListImagesResponse { repeated Image images = 1; }

message Namespace { string name = 1; }
message ListNamespacesResponse { repeated Namespace namespaces = 1; }

message Plugin { string type = 1; string id = 2; map<string, string> exports = 5; }
message PluginsRequest { repeated string filters = 1; }
message PluginsResponse { repeated Plugin plugins = 1; }

message Info { string digest = 1; int64 size = 2; }
message InfoRequest { string digest = 1; }
message InfoResponse { Info info = 1; }
message ReadContentRequest { string digest = 1; int64 offset = 2; int64 size = 3; }
message ReadContentResponse { int64 offset = 1; bytes data = 2; }
`

/** An image as containerd names it. */
export interface ImageRecord {
  readonly name: string
  /** Its manifest or index. */
  readonly target: { readonly digest: string } | null
}

/** What each call takes and answers with. Those of `streams` answer any number of times. */
export interface Calls {
  listImages: { request: object; answer: { readonly images: readonly ImageRecord[] } }
  listNamespaces: { request: object; answer: { readonly namespaces: readonly { readonly name: string }[] } }
  contentInfo: {
    request: { readonly digest: string }
    /** Bytes. */
    answer: { readonly info: { readonly size: number } | null }
  }
  plugins: {
    request: { filters: readonly string[] }
    answer: { readonly plugins: readonly { readonly exports: Readonly<Record<string, string>> }[] }
  }
}

export interface Streams {
  /** `offset` and `size` in bytes; a size of 0 is all that is left. */
  readContent: { request: { digest: string; offset: number; size: number }; answer: { readonly data: Buffer } }
}

/** Path, request and answer of each call. */
export const methods: Readonly<Record<keyof Calls | keyof Streams, readonly [string, string, string]>> = {
  listImages: ['/containerd.services.images.v1.Images/List', 'ListImagesRequest', 'ListImagesResponse'],
  listNamespaces: ['/containerd.services.namespaces.v1.Namespaces/List', 'Empty', 'ListNamespacesResponse'],
  plugins: ['/containerd.services.introspection.v1.Introspection/Plugins', 'PluginsRequest', 'PluginsResponse'],
  contentInfo: ['/containerd.services.content.v1.Content/Info', 'InfoRequest', 'InfoResponse'],
  readContent: ['/containerd.services.content.v1.Content/Read', 'ReadContentRequest', 'ReadContentResponse'],
}
