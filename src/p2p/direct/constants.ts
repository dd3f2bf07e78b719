export const DIRECT_PROTOCOL = '/agora/direct/1.0.0'
