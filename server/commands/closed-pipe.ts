/** Ends the process quietly when the reader of its output, like `head`, has seen enough and closes the pipe. */
export function endWhenReaderLeaves(): void {
  process.stdout.on('error', error => {
    if ('code' in error && error.code === 'EPIPE') process.exit(0)
    throw error
  })
}
