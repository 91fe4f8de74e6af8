// Where a record keeps what an import said of it.
#ifndef COMITY_RUNTIME_RESOURCE_IMPORT_MEMORY_H_
#define COMITY_RUNTIME_RESOURCE_IMPORT_MEMORY_H_

namespace comity::resource {

// An attribute. It has room beside the 64 that a record may have of its own.
inline constexpr char kImportMemoryKey[] = "import.said";

}  // namespace comity::resource

#endif  // COMITY_RUNTIME_RESOURCE_IMPORT_MEMORY_H_
