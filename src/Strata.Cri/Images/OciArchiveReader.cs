using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Strata.Cri.Images;

/// <summary>Reads images from a tar: an OCI image layout, or what <c>docker save</c> writes; either may be gzipped.</summary>
/// <remarks>The tar is unpacked into a temporary folder, as its index may come last; the images refer to that folder, so
/// keep the reader until they are imported. Unpacking never leaves the folder.</remarks>
public sealed class OciArchiveReader : IDisposable
{
    private readonly string _folder;

    private OciArchiveReader(string folder) => _folder = folder;

    /// <summary>Those for this machine's architecture, each under each of its names.</summary>
    public IReadOnlyList<OciImage> Images { get; private set; } = [];

    /// <param name="reference">Name for an image that has none in the archive, or for the only one there is; null keeps the
    /// archive's names.</param>
    /// <exception cref="InvalidDataException">Not an image archive, damaged, or without a name.</exception>
    public static async Task<OciArchiveReader> OpenAsync(string path, string? reference, CancellationToken cancellationToken)
    {
        var reader = new OciArchiveReader(Directory.CreateTempSubdirectory("strata-image-").FullName);
        try
        {
            await reader.UnpackAsync(path, cancellationToken);
            reader.Images = await reader.ReadAsync(path, reference, cancellationToken);
            return reader;
        }
        catch (Exception)
        {
            reader.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task UnpackAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        var magic = new byte[2];
        var isGzip = await file.ReadAtLeastAsync(magic, 2, throwOnEndOfStream: false, cancellationToken) == 2 && magic is [0x1f, 0x8b];
        file.Position = 0;
        await using Stream content = isGzip ? new GZipStream(file, CompressionMode.Decompress) : file;
        try
        {
            await TarFile.ExtractToDirectoryAsync(content, _folder, overwriteFiles: true, cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or IOException or FormatException)
        {
            throw new InvalidDataException($"{path} cannot be unpacked: {e.Message}", e);
        }
    }

    private async Task<IReadOnlyList<OciImage>> ReadAsync(string path, string? reference, CancellationToken cancellationToken)
    {
        List<OciImage> images;
        if (File.Exists(PathOf("index.json")))
        {
            images = ReadLayout(ReadJson("index.json"), reference);
        }
        else if (File.Exists(PathOf("manifest.json")))
        {
            images = await ReadDockerAsync(ReadJson("manifest.json"), reference, cancellationToken);
        }
        else
        {
            throw new InvalidDataException($"{path} is no image archive: it has neither index.json nor manifest.json");
        }
        return images.Count > 0 ? images : throw new InvalidDataException(
            $"{path} holds no image with a name for this architecture; give a name if the archive has none");
    }

    private List<OciImage> ReadLayout(JsonNode index, string? reference)
    {
        var entries = index["manifests"]?.AsArray() ?? [];
        var images = new List<OciImage>();
        foreach (var entry in entries)
        {
            var annotations = entry?["annotations"];
            // The second is only a tag by the specification, but docker and others write whole names into it.
            var name = (string?)annotations?["io.containerd.image.name"] ?? (string?)annotations?["org.opencontainers.image.ref.name"];
            var chosen = entries.Count == 1 ? reference ?? name : name;
            if (entry is not null && chosen is not null && FindManifest(entry) is { } manifest)
            {
                images.Add(ReadImage(ImageReference.Normalize(chosen), manifest));
            }
        }
        return images;
    }

    /// <summary>Goes through an index of several platforms to the manifest for this one.</summary>
    private JsonNode? FindManifest(JsonNode descriptor)
    {
        if ((string?)descriptor["mediaType"] is not (OciMediaTypes.Index or OciMediaTypes.DockerIndex))
        {
            return descriptor;
        }
        var architecture = OciImageJson.GoArchitecture(System.Runtime.InteropServices.RuntimeInformation.OSArchitecture);
        foreach (var entry in ReadJson(BlobPath(descriptor))["manifests"]?.AsArray() ?? [])
        {
            var platform = entry?["platform"];
            if (entry is not null && (platform is null
                || (string?)platform["os"] == "linux" && (string?)platform["architecture"] == architecture))
            {
                return FindManifest(entry);
            }
        }
        return null;
    }

    private OciImage ReadImage(string reference, JsonNode descriptor)
    {
        var manifest = ReadJson(BlobPath(descriptor));
        var config = manifest["config"] ?? throw new InvalidDataException("the image's manifest names no configuration");
        return new OciImage(
            reference, Blob(descriptor), Blob(config), [.. (manifest["layers"]?.AsArray() ?? []).Select(layer => Blob(layer!))]);
    }

    private OciBlob Blob(JsonNode descriptor)
    {
        var path = PathOf(BlobPath(descriptor));
        return File.Exists(path)
            ? FileBlob((string)descriptor["mediaType"]!, (string)descriptor["digest"]!, path)
            : throw new InvalidDataException($"the archive lacks {descriptor["digest"]}");
    }

    /// <summary>docker's older form has no descriptors: they are computed, and a manifest is made.</summary>
    private async Task<List<OciImage>> ReadDockerAsync(JsonNode manifests, string? reference, CancellationToken cancellationToken)
    {
        var images = new List<OciImage>();
        foreach (var entry in manifests.AsArray())
        {
            var config = await DescribeAsync((string)entry!["Config"]!, cancellationToken);
            var layers = new List<OciBlob>();
            foreach (var layer in entry["Layers"]!.AsArray())
            {
                layers.Add(await DescribeAsync((string)layer!, cancellationToken));
            }
            config = config with { MediaType = OciMediaTypes.Config };
            var manifest = OciBlob.FromBytes(OciMediaTypes.Manifest, OciImageJson.Manifest(config, layers));
            var names = entry["RepoTags"]?.AsArray().Select(name => (string?)name) ?? [];
            foreach (var name in reference is not null && manifests.AsArray().Count == 1 ? [reference] : names)
            {
                images.Add(new OciImage(ImageReference.Normalize(name!), manifest, config, layers));
            }
        }
        return images;
    }

    private async Task<OciBlob> DescribeAsync(string name, CancellationToken cancellationToken)
    {
        var path = PathOf(name);
        await using var content = File.OpenRead(path);
        var magic = new byte[2];
        var isGzip = await content.ReadAtLeastAsync(magic, 2, throwOnEndOfStream: false, cancellationToken) == 2 && magic is [0x1f, 0x8b];
        content.Position = 0;
        var digest = OciDigest.Format(await SHA256.HashDataAsync(content, cancellationToken));
        return FileBlob(isGzip ? OciMediaTypes.LayerGzip : OciMediaTypes.Layer, digest, path);
    }

    private static OciBlob FileBlob(string mediaType, string digest, string path) => new(
        mediaType, digest, new FileInfo(path).Length, async (target, token) =>
        {
            await using var content = File.OpenRead(path);
            await content.CopyToAsync(target, token);
        });

    private JsonNode ReadJson(string name)
    {
        using var content = File.OpenRead(PathOf(name));
        try
        {
            return JsonNode.Parse(content) ?? throw new InvalidDataException($"{name} in the archive is empty");
        }
        catch (System.Text.Json.JsonException e)
        {
            throw new InvalidDataException($"{name} in the archive is not JSON: {e.Message}", e);
        }
    }

    private static string BlobPath(JsonNode descriptor) =>
        OciArchive.PathOf((string?)descriptor["digest"] ?? throw new InvalidDataException("a descriptor in the archive has no digest"));

    /// <summary>Names come from the archive: none may lead out of the folder, by "..", by a root or by a link.</summary>
    private string PathOf(string name)
    {
        var path = Path.GetFullPath(name, _folder);
        var isInside = path.StartsWith(_folder + "/", StringComparison.Ordinal) && !name.StartsWith('/');
        return isInside && new FileInfo(path).LinkTarget is null
            ? path
            : throw new InvalidDataException($"the archive refers to '{name}', which is not inside it");
    }
}
