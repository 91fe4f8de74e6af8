#include "services/client/import/byte_source.h"

#include <zlib.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

constexpr size_t kPackedBytes = 64 * 1024;
constexpr int kGzipOnly = 16 + MAX_WBITS;  // of zlib: a gzip header is expected

class StreamSource final : public ByteSource {
 public:
  explicit StreamSource(std::istream* input) : input_(input) {}
  StreamSource(std::unique_ptr<std::istream> input, std::string path)
      : owned_(std::move(input)), input_(owned_.get()), path_(std::move(path)) {}

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    input_->read(buffer, static_cast<std::streamsize>(size));
    if (input_->bad()) return InvalidField("FILE_UNREADABLE", path_, "reading it failed half-way");
    const auto count = static_cast<size_t>(input_->gcount());
    bytes_read_ += static_cast<int64_t>(count);
    return count;
  }
  int64_t bytes_read() const override { return bytes_read_; }
  bool StartsAsGzip() const {
    if (input_->peek() != 0x1F) return false;
    input_->get();
    const bool packed = input_->peek() == 0x8B;
    input_->unget();
    return packed;
  }

 private:
  std::unique_ptr<std::istream> owned_;
  std::istream* const input_;
  const std::string path_ = "file";
  int64_t bytes_read_ = 0;
};

// Unpacks one gzip member after the other.
class GzipSource final : public ByteSource {
 public:
  explicit GzipSource(std::unique_ptr<ByteSource> packed) : packed_(std::move(packed)) {
    ready_ = inflateInit2(&stream_, kGzipOnly) == Z_OK;
  }
  ~GzipSource() override { inflateEnd(&stream_); }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    if (!ready_) return Internal("inflateInit2 failed");
    stream_.next_out = reinterpret_cast<Bytef*>(buffer);
    stream_.avail_out = static_cast<uInt>(size);
    while (stream_.avail_out == size) {
      COMITY_ASSIGN_OR_RETURN(const bool more, Refill());
      if (!more) break;
      COMITY_RETURN_IF_ERROR(Inflate());
    }
    return size - stream_.avail_out;
  }
  int64_t bytes_read() const override { return packed_->bytes_read(); }

 private:
  // False at the end of the file, which must be that of a member.
  absl::StatusOr<bool> Refill() {
    if (stream_.avail_in > 0) return true;
    COMITY_ASSIGN_OR_RETURN(const size_t count, packed_->Read(buffer_.data(), buffer_.size()));
    stream_.next_in = reinterpret_cast<Bytef*>(buffer_.data());
    stream_.avail_in = static_cast<uInt>(count);
    if (count > 0) return true;
    if (inside_) return InvalidField("GZIP_INVALID", "file", "the packed file ends half-way");
    return false;
  }

  absl::Status Inflate() {
    inside_ = true;
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result == Z_STREAM_END) {
      inside_ = false;
      inflateReset(&stream_);
      return absl::OkStatus();
    }
    if (result == Z_OK || result == Z_BUF_ERROR) return absl::OkStatus();
    return InvalidField("GZIP_INVALID", "file", "the packed file is damaged");
  }

  const std::unique_ptr<ByteSource> packed_;
  std::array<char, kPackedBytes> buffer_;
  z_stream stream_ = {};
  bool ready_ = false;
  bool inside_ = false;  // a member
};

std::unique_ptr<ByteSource> Unpacked(std::unique_ptr<StreamSource> source) {
  if (!source->StartsAsGzip()) return source;
  return std::make_unique<GzipSource>(std::move(source));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> OpenFile(const std::string& path) {
  std::error_code ignored;
  // What was read of a pipe is gone, and to open one may take for ever.
  if (std::filesystem::is_fifo(path, ignored) ||
      std::filesystem::is_character_file(path, ignored)) {
    return InvalidField(
        "FILE_UNREADABLE", path,
        "a file is read several times, and a pipe or terminal is not: save it first");
  }
  auto file = std::make_unique<std::ifstream>(path, std::ios::binary);
  if (!*file || std::filesystem::is_directory(path, ignored)) {
    return InvalidField("FILE_UNREADABLE", path, "the file cannot be read");
  }
  return Unpacked(std::make_unique<StreamSource>(std::move(file), path));
}

std::unique_ptr<ByteSource> FromStream(std::istream* input) {
  return Unpacked(std::make_unique<StreamSource>(input));
}

}  // namespace comity::client
