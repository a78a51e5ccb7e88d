using System.Text.Json;
using System.Text.Json.Serialization;
using Strata.Hosting.Files;

namespace Strata.Host.Clusters;

/// <summary>What all servers of a cluster have in common, as one file for the next server: the certificate authority, the key of service-account tokens, and what the
/// service <c>kubernetes</c> is. Whoever has it owns the cluster.</summary>
/// <param name="Format">1.</param>
/// <param name="Port">Where every server listens.</param>
internal sealed record ServerKeys(int Format, int Port, string ServiceCidr, string? ControlPlaneEndpoint, string CaCertificate, string CaKey, string ServiceAccountKey)
{
    private const int CurrentFormat = 1;
    private const UnixFileMode OfOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <exception cref="UserException">It cannot be read, or others can read it too.</exception>
    public static ServerKeys Read(string path)
    {
        try
        {
            if ((File.GetUnixFileMode(path) & OfOthers) != 0)
            {
                throw new UserException($"{path} can be read by others than its owner; it holds the cluster's keys. Put that right with: chmod 600 {path}");
            }

            var keys = JsonSerializer.Deserialize(File.ReadAllText(path), ServerKeysContext.Default.ServerKeys);
            return keys is { Format: CurrentFormat, CaCertificate: not null, CaKey: not null, ServiceAccountKey: not null, ServiceCidr: not null }
                ? keys
                : throw new UserException($"{path} is not what strata server keys export writes, or a later version of it");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new UserException($"cannot read the keys in {path}: {error.Message}", error);
        }
    }

    /// <summary>Collects the keys of a server's data directory.</summary>
    /// <exception cref="UserException">There is no server that has started once.</exception>
    public static ServerKeys Of(ClusterPaths paths)
    {
        if (ClusterState.TryLoad(paths) is not { Server: { } server } state || !File.Exists(paths.ServiceAccountKey))
        {
            throw new UserException($"there is no server in {paths.Data}, or it has never started; start it with: strata server --data-dir {paths.Data}");
        }

        return new ServerKeys(
            CurrentFormat, state.ApiPort, server.ServiceCidr, server.ControlPlaneEndpoint,
            File.ReadAllText(Path.Combine(paths.Certificates, "ca.crt")), File.ReadAllText(Path.Combine(paths.Certificates, "ca.key")), File.ReadAllText(paths.ServiceAccountKey));
    }

    /// <summary>Writes the file, for its owner only.</summary>
    public void Write(string path) => SecureFile.Write(path, JsonSerializer.Serialize(this, ServerKeysContext.Default.ServerKeys));

    /// <summary>Puts the keys where this server looks for them. Harmless when they are there already.</summary>
    /// <exception cref="UserException">There are others.</exception>
    public void Install(ClusterPaths paths)
    {
        (string Path, string Content)[] files =
            [(Path.Combine(paths.Certificates, "ca.key"), CaKey), (Path.Combine(paths.Certificates, "ca.crt"), CaCertificate), (paths.ServiceAccountKey, ServiceAccountKey)];
        if (files.FirstOrDefault(file => File.Exists(file.Path) && File.ReadAllText(file.Path) != file.Content).Path is { } other)
        {
            throw new UserException($"{other} is of another cluster than the keys; take an empty --data-dir, or remove what is there with: strata down --purge --data-dir {paths.Data}");
        }

        foreach (var (path, content) in files)
        {
            SecureFile.Write(path, content);
        }
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ServerKeys))]
internal sealed partial class ServerKeysContext : JsonSerializerContext;
