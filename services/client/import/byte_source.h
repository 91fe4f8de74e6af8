// The bytes of a file, unpacked where it is gzip. Nothing is held but a buffer.
#ifndef COMITY_CLIENT_IMPORT_BYTE_SOURCE_H_
#define COMITY_CLIENT_IMPORT_BYTE_SOURCE_H_

#include <cstdint>
#include <istream>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace comity::client {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills `buffer` with at most `size` bytes; 0 at the end. Errors: INVALID_ARGUMENT reasons
  // FILE_UNREADABLE, GZIP_INVALID.
  virtual absl::StatusOr<size_t> Read(char* buffer, size_t size) = 0;
  // Bytes of the file that were read, packed as they stand there.
  virtual int64_t bytes_read() const = 0;
};

// Errors: INVALID_ARGUMENT reason FILE_UNREADABLE.
absl::StatusOr<std::unique_ptr<ByteSource>> OpenFile(const std::string& path);
// `input` outlives it. What begins like gzip is unpacked.
std::unique_ptr<ByteSource> FromStream(std::istream* input);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_BYTE_SOURCE_H_
