using System.Formats.Tar;

namespace Strata.Cri.Images;

/// <summary>Saves an image as a tar: an OCI image layout that also carries docker's <c>manifest.json</c>, so that
/// <c>ctr images import</c>, <c>docker load</c>, <c>skopeo</c> and <see cref="OciArchiveReader"/> can read it.</summary>
public static class OciArchive
{
    /// <summary>The same image gives the same bytes.</summary>
    public static async Task WriteAsync(OciImage image, Stream target, CancellationToken cancellationToken)
    {
        await using var tar = new TarWriter(target, TarEntryFormat.Gnu, leaveOpen: true);
        await WriteAsync(tar, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}"u8.ToArray(), cancellationToken);
        await WriteAsync(tar, "index.json", OciImageJson.Index(image), cancellationToken);
        await WriteAsync(tar, "manifest.json", OciImageJson.DockerManifest(image), cancellationToken);
        foreach (var blob in (IEnumerable<OciBlob>)[image.Manifest, image.Config, .. image.Layers])
        {
            await WriteBlobAsync(tar, blob, cancellationToken);
        }
    }

    /// <summary>Where a blob lies in an image layout.</summary>
    internal static string PathOf(string digest) => "blobs/" + digest.Replace(':', '/');

    private static async Task WriteBlobAsync(TarWriter tar, OciBlob blob, CancellationToken cancellationToken)
    {
        // TarWriter wants to know the length before it reads, and a layer is produced by writing: so by way of a file.
        await using var content = new FileStream(
            Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.DeleteOnClose);
        await blob.WriteToAsync(content, cancellationToken);
        content.Position = 0;
        await WriteAsync(tar, PathOf(blob.Digest), content, cancellationToken);
    }

    private static async Task WriteAsync(TarWriter tar, string path, byte[] content, CancellationToken cancellationToken)
    {
        await using var stream = new MemoryStream(content, writable: false);
        await WriteAsync(tar, path, stream, cancellationToken);
    }

    private static async Task WriteAsync(TarWriter tar, string path, Stream content, CancellationToken cancellationToken)
    {
        var entry = new GnuTarEntry(TarEntryType.RegularFile, path)
        {
            Mode = OciImageBuilder.FileMode, ModificationTime = DateTimeOffset.UnixEpoch, DataStream = content,
        };
        await tar.WriteEntryAsync(entry, cancellationToken);
    }
}
