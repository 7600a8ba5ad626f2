/** What stands beside the pictures. */
export type Side = 'people' | 'documents' | 'desk'
