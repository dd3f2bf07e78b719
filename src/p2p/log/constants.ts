export const LOG_PROTOCOL = '/agora/log/1.0.0'
