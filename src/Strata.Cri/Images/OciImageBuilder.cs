using System.Formats.Tar;
using System.Runtime.InteropServices;

namespace Strata.Cri.Images;

/// <summary>Builds an OCI image of one layer from files. The same input gives the same digests.</summary>
/// <remarks>Files from the host are read twice, for the digest and when the image is written; a file that changes in between
/// makes the import fail with a digest mismatch.</remarks>
public sealed class OciImageBuilder(string reference, OciImageSettings settings, Architecture architecture)
{
    public const UnixFileMode FileMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public const UnixFileMode ExecutableMode =
        FileMode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // Ordinal order of the full paths puts a folder before what is in it.
    private readonly SortedDictionary<string, OciLayerEntry> _entries = new(StringComparer.Ordinal);

    /// <summary>For this machine's architecture.</summary>
    public OciImageBuilder(string reference, OciImageSettings settings)
        : this(reference, settings, RuntimeInformation.OSArchitecture)
    {
    }

    /// <param name="path">Absolute path in the image; parents are added with mode 755. A later entry replaces an earlier one.</param>
    public OciImageBuilder AddFile(string path, ReadOnlyMemory<byte> content, UnixFileMode mode = FileMode) =>
        Add(new OciLayerEntry(Trim(path), TarEntryType.RegularFile, mode, content, null, null));

    /// <summary>Adds a file of the host, with its mode unless another is given. A symbolic link is followed.</summary>
    public OciImageBuilder AddHostFile(string path, string sourcePath, UnixFileMode? mode = null) =>
        Add(new OciLayerEntry(
            Trim(path), TarEntryType.RegularFile, mode ?? File.GetUnixFileMode(sourcePath), null, Path.GetFullPath(sourcePath), null));

    public OciImageBuilder AddDirectory(string path, UnixFileMode mode = ExecutableMode) =>
        Add(new OciLayerEntry(Trim(path), TarEntryType.Directory, mode, null, null, null));

    public OciImageBuilder AddSymbolicLink(string path, string target) =>
        Add(new OciLayerEntry(Trim(path), TarEntryType.SymbolicLink, AllModes, null, null, target));

    /// <summary>Adds everything below a folder of the host, with its modes; symbolic links stay links. Files are owned by root.</summary>
    public OciImageBuilder AddFolder(string sourceFolder, string path = "/")
    {
        foreach (var source in new DirectoryInfo(sourceFolder).EnumerateFileSystemInfos("*", SearchOption.TopDirectoryOnly))
        {
            var target = Path.Combine(path, source.Name);
            if (source.LinkTarget is { } link)
            {
                AddSymbolicLink(target, link);
            }
            else if (source is DirectoryInfo)
            {
                AddDirectory(target, source.UnixFileMode);
                AddFolder(source.FullName, target);
            }
            else
            {
                AddHostFile(target, source.FullName, source.UnixFileMode);
            }
        }
        return this;
    }

    /// <summary>Computes the digests. The builder may go on and build again afterwards.</summary>
    public async Task<OciImage> BuildAsync(CancellationToken cancellationToken)
    {
        var layer = await OciLayerWriter.DescribeAsync([.. _entries.Values], cancellationToken);
        var config = OciBlob.FromBytes(OciMediaTypes.Config, OciImageJson.Config(settings, architecture, [layer.Digest]));
        var manifest = OciBlob.FromBytes(OciMediaTypes.Manifest, OciImageJson.Manifest(config, [layer]));
        return new OciImage(ImageReference.Normalize(reference), manifest, config, [layer]);
    }

    private const UnixFileMode AllModes = (UnixFileMode)0b111_111_111;

    private OciImageBuilder Add(OciLayerEntry entry)
    {
        for (var parent = Path.GetDirectoryName(entry.Path); !string.IsNullOrEmpty(parent); parent = Path.GetDirectoryName(parent))
        {
            _entries.TryAdd(parent, new OciLayerEntry(parent, TarEntryType.Directory, ExecutableMode, null, null, null));
        }
        _entries[entry.Path] = entry;
        return this;
    }

    private static string Trim(string path)
    {
        // Path.GetFullPath resolves "..", which must not lead out of the image.
        var trimmed = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, "/"))[1..];
        return trimmed.Length > 0 ? trimmed : throw new ArgumentException("the image's root folder cannot be added", nameof(path));
    }
}
