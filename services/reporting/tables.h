// Small containers of the state in memory: strings and ids as 32-bit numbers.
#ifndef COMITY_REPORTING_TABLES_H_
#define COMITY_REPORTING_TABLES_H_

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace comity::reporting {

// Each different string once, numbered from 0; 0 is the empty string.
class StringTable {
 public:
  StringTable() { Intern(""); }
  uint32_t Intern(absl::string_view text) {
    const auto found = numbers_.find(text);
    if (found != numbers_.end()) return found->second;
    numbers_.emplace(std::string(text), static_cast<uint32_t>(texts_.size()));
    texts_.emplace_back(text);
    return static_cast<uint32_t>(texts_.size() - 1);
  }
  // The number of `text`, or of the size of the table when it is not in.
  uint32_t Find(absl::string_view text) const {
    const auto found = numbers_.find(text);
    return found == numbers_.end() ? size() : found->second;
  }
  const std::string& text(uint32_t number) const { return texts_[number]; }
  uint32_t size() const { return static_cast<uint32_t>(texts_.size()); }
  // Memory it takes, about.
  size_t bytes() const { return texts_.capacity() * kBytesOfText; }

 private:
  // Twice the string, mostly on the heap, and its number.
  static constexpr size_t kBytesOfText = 150;
  absl::flat_hash_map<std::string, uint32_t> numbers_;
  std::vector<std::string> texts_;
};

// Each different 16-byte id once, numbered from 0; 0 is no id (the empty string).
class IdTable {
 public:
  IdTable() : ids_(1) { ids_[0].fill('\0'); }
  uint32_t Intern(absl::string_view id) {
    if (id.empty()) return 0;
    const auto [at, added] = numbers_.try_emplace(Key(id), static_cast<uint32_t>(ids_.size()));
    if (added) ids_.push_back(Key(id));
    return at->second;
  }
  // The number of `id`, or the size of the table when it is not in.
  uint32_t Find(absl::string_view id) const {
    if (id.empty()) return 0;
    const auto found = numbers_.find(Key(id));
    return found == numbers_.end() ? size() : found->second;
  }
  // 16 bytes.
  absl::string_view id(uint32_t number) const { return {ids_[number].data(), kBytes}; }
  uint32_t size() const { return static_cast<uint32_t>(ids_.size()); }
  // Memory it takes, about.
  size_t bytes() const {
    return ids_.capacity() * kBytes + numbers_.capacity() * (kBytes + 2 * sizeof(uint32_t));
  }

 private:
  static constexpr size_t kBytes = 16;
  using Id = std::array<char, kBytes>;
  static Id Key(absl::string_view id) {
    Id key{};
    std::memcpy(key.data(), id.data(), id.size() < kBytes ? id.size() : kBytes);
    return key;
  }
  absl::flat_hash_map<Id, uint32_t> numbers_;
  std::vector<Id> ids_;
};

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_TABLES_H_
