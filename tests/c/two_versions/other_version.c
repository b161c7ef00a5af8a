/* What the archive of "another version" says its version is. */
const char *mm_version(void);

const char *mm_version(void) { return "9.9.9"; }
