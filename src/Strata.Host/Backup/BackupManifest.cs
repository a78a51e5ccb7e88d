using System.Text.Json.Serialization;

namespace Strata.Host.Backup;

/// <summary>First entry of a backup, <c>manifest.json</c>. The format: docs/backup.md.</summary>
/// <param name="Format">Version of the format; this program writes and reads 1.</param>
/// <param name="Revision">Revision of the cluster's store in the backup.</param>
/// <param name="CoreRevision">Revision of the instances' store in the backup; 0 without instances.</param>
internal sealed record BackupManifest(int Format, DateTimeOffset Created, long Revision, long CoreRevision)
{
    public const int CurrentFormat = 1;
    public const string Name = "manifest.json";
    public const string Objects = "cluster.jsonl";
    public const string CoreObjects = "instances-core.jsonl";
    public const string FileFolder = "files/";
    public const string Checksums = "SHA256SUMS";
}

/// <summary>One line of <c>cluster.jsonl</c>: an entry of the store.</summary>
internal sealed record BackupEntry(byte[] Key, byte[] Value);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BackupManifest))]
[JsonSerializable(typeof(BackupEntry))]
internal sealed partial class BackupContext : JsonSerializerContext;
