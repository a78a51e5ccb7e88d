using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace Strata.Host.Backup;

/// <summary>Unpacks a backup and checks every byte of it.</summary>
internal static class BackupReader
{
    /// <summary>Unpacks into <paramref name="folder"/>.</summary>
    /// <exception cref="UserException">It is no backup, is damaged or incomplete, or of a later format.</exception>
    public static async Task<BackupManifest> UnpackAsync(string path, BackupFolder folder, CancellationToken cancellationToken)
    {
        try
        {
            await using (var file = File.OpenRead(path))
            await using (var zip = new GZipStream(file, CompressionMode.Decompress))
            {
                await ExtractAsync(zip, folder, cancellationToken);
            }

            await VerifyAsync(path, folder, cancellationToken);
            await using var manifest = File.OpenRead(folder.File(BackupManifest.Name));
            var read = await JsonSerializer.DeserializeAsync(manifest, BackupContext.Default.BackupManifest, cancellationToken);
            return read is { Format: BackupManifest.CurrentFormat }
                ? read
                : throw new UserException($"{path} is a backup of format {read?.Format}; this program reads format {BackupManifest.CurrentFormat}");
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException or JsonException)
        {
            throw Damaged(path, error.Message, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"could not read {path}: {error.Message}", error);
        }
    }

    private static async Task ExtractAsync(Stream archive, BackupFolder folder, CancellationToken cancellationToken)
    {
        await using var tar = new TarReader(archive);
        while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            var target = Path.GetFullPath(folder.File(entry.Name));
            if (entry.EntryType != TarEntryType.RegularFile || !target.StartsWith(folder.Path + "/", StringComparison.Ordinal))
            {
                throw new InvalidDataException($"it has an entry that no backup has: {entry.Name}");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await using var content = BackupFolder.CreateFile(target);
            if (entry.DataStream is { } data)
            {
                await data.CopyToAsync(content, cancellationToken);
            }
        }
    }

    private static async Task VerifyAsync(string path, BackupFolder folder, CancellationToken cancellationToken)
    {
        var sums = folder.File(BackupManifest.Checksums);
        if (!File.Exists(sums))
        {
            throw Damaged(path, "its list of checksums is missing, so it may be cut short", null);
        }

        var listed = new HashSet<string>();
        foreach (var line in await File.ReadAllLinesAsync(sums, cancellationToken))
        {
            var (sum, name) = (line[..64], line[66..]);
            listed.Add(folder.File(name));
            if (!File.Exists(folder.File(name)))
            {
                throw Damaged(path, $"{name} is missing", null);
            }

            await using var content = File.OpenRead(folder.File(name));
            if (Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken)) != sum)
            {
                throw Damaged(path, $"the checksum of {name} is wrong", null);
            }
        }

        if (Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).FirstOrDefault(file => file != sums && !listed.Contains(file)) is { } unlisted)
        {
            throw Damaged(path, $"{Path.GetRelativePath(folder.Path, unlisted)} has no checksum", null);
        }
    }

    private static UserException Damaged(string path, string what, Exception? reason) =>
        new($"{path} is no whole backup: {what}; nothing has been changed", reason);
}
