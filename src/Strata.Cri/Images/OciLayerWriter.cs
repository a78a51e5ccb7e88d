using System.Formats.Tar;
using System.Security.Cryptography;

namespace Strata.Cri.Images;

/// <summary>Writes a layer as a tar that is the same for the same entries, whenever and wherever it is made: sorted, owned
/// by root, dated at the epoch, and not compressed (the result of compression depends on the library).</summary>
internal static class OciLayerWriter
{
    public static async Task<OciBlob> DescribeAsync(IReadOnlyList<OciLayerEntry> entries, CancellationToken cancellationToken)
    {
        using var hash = SHA256.Create();
        await using var counting = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write);
        await using var counter = new CountingStream(counting);
        await WriteAsync(entries, counter, cancellationToken);
        await counting.FlushFinalBlockAsync(cancellationToken);
        return new OciBlob(
            OciMediaTypes.Layer, OciDigest.Format(hash.Hash), counter.Count, (target, token) => WriteAsync(entries, target, token));
    }

    private static async Task WriteAsync(IReadOnlyList<OciLayerEntry> entries, Stream target, CancellationToken cancellationToken)
    {
        // GNU format: .NET names pax headers after the process id, which would make every digest different.
        await using var tar = new TarWriter(target, TarEntryFormat.Gnu, leaveOpen: true);
        foreach (var entry in entries)
        {
            var header = new GnuTarEntry(entry.Type, entry.Type == TarEntryType.Directory ? entry.Path + "/" : entry.Path)
            {
                Mode = entry.Mode,
                ModificationTime = DateTimeOffset.UnixEpoch,
            };
            if (entry.LinkTarget is { } link)
            {
                header.LinkName = link;
            }
            await using var content = Open(entry);
            if (content is not null)
            {
                header.DataStream = content;
            }
            await tar.WriteEntryAsync(header, cancellationToken);
        }
    }

    private static Stream? Open(OciLayerEntry entry)
    {
        if (entry.SourcePath is { } source)
        {
            return File.OpenRead(source);
        }
        return entry.Content is { } content ? new MemoryStream(content.ToArray(), writable: false) : null;
    }
}
