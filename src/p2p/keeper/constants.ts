export const KEEPER_PROTOCOL = '/agora/keeper/1.0.0'

/** Requests to a keeper, and answers from it, that one peer may send in a second. */
export const KEEPER_FRAMES_PER_SECOND = 1000
