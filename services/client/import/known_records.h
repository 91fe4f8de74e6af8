// What the services hold already, by its identity in the system the files come from. Thread-safe.
#ifndef COMITY_CLIENT_IMPORT_KNOWN_RECORDS_H_
#define COMITY_CLIENT_IMPORT_KNOWN_RECORDS_H_

#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "services/client/api/caller.h"

namespace comity::client {

class KnownRecords {
 public:
  // Reads the records of `source` in a collection (for chosen ids: all), whole ones if `keep`.
  absl::Status Load(Caller& caller, const Identity& as, const Collection& collection,
                    const std::string& source, const std::string& lens, bool keep);
  // The record's name; empty if it is not known.
  std::string NameOf(const std::string& collection, const std::string& id) const;
  // The record as it was loaded; null if it was not.
  std::unique_ptr<google::protobuf::Message> RecordOf(const Collection& collection,
                                                      const std::string& id) const;
  void Add(const std::string& collection, const std::string& id, const std::string& name);

 private:
  struct Known {
    std::string name;
    std::string bytes;  // of the record; empty if it was not kept
  };
  mutable absl::Mutex mutex_;
  std::map<std::string, absl::flat_hash_map<std::string, Known>> known_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_KNOWN_RECORDS_H_
