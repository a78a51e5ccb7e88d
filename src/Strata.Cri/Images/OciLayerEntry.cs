using System.Formats.Tar;

namespace Strata.Cri.Images;

/// <summary>One file, folder or symbolic link of a layer.</summary>
/// <param name="Path">Without a leading slash.</param>
/// <param name="Content">Of a file whose content is at hand; else null.</param>
/// <param name="SourcePath">Of a file whose content is read from the host; else null.</param>
internal sealed record OciLayerEntry(
    string Path, TarEntryType Type, UnixFileMode Mode, ReadOnlyMemory<byte>? Content, string? SourcePath, string? LinkTarget);
