// Which identities stand in more than one row of a file, however long it is.
#ifndef COMITY_CLIENT_IMPORT_IDENTITIES_H_
#define COMITY_CLIENT_IMPORT_IDENTITIES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace comity::client {

// Holds 12 bytes a row, and nothing is ever copied to grow: a table of hashes would take up to 39,
// and half as much again while it grows.
class Identities {
 public:
  // Of a row: hashes of its identity, and of its cells or of those that the map reads.
  void Add(uint64_t identity, uint64_t content);
  // Those of more than one row, and whether these rows differ. Nothing is held any more.
  absl::flat_hash_map<uint64_t, bool> TakeRepeated();
  size_t bytes() const;

 private:
  struct Entry {
    uint32_t high;  // of the identity
    uint32_t low;
    uint32_t content;
    uint64_t identity() const { return static_cast<uint64_t>(high) << 32 | low; }
  };
  static_assert(sizeof(Entry) == 12);
  static void Sort(std::vector<Entry>* run);

  std::vector<std::vector<Entry>> runs_;  // all but the last are full, and sorted
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_IDENTITIES_H_
