/** What stands beside the pictures. */
export type Side = 'people' | 'chat' | 'documents' | 'questions' | 'desk'
