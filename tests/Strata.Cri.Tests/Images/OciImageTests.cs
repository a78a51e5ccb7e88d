using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Cri.Images;
using Strata.Cri.Tests.Runtime;

namespace Strata.Cri.Tests.Images;

public sealed class OciImageTests(PrivateContainerd containerd) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("strata-cri-image-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_same_files_give_the_same_digests_everywhere()
    {
        var image = await Sample(Architecture.X64).BuildAsync(Token);
        // A change here means that every image built before is imported and unpacked again: only on purpose.
        Assert.Equal("sha256:8baf2f5fbe5fbd8721878c20b17fbc47a1aacbadc90b6b35042f885cde464de0", image.Layers[0].Digest);
        Assert.Equal("sha256:580223920e6ef4592dd74da09b65444a754b177f501f821172040245fbe33796", image.Manifest.Digest);
        Assert.Equal(image.Manifest.Digest, (await Sample(Architecture.X64).BuildAsync(Token)).Manifest.Digest);
        Assert.NotEqual(image.Manifest.Digest, (await Sample(Architecture.Arm64).BuildAsync(Token)).Manifest.Digest);
    }

    [Fact]
    public async Task The_configuration_says_how_to_run_it()
    {
        var image = await Sample(Architecture.Arm64).BuildAsync(Token);
        var config = JsonNode.Parse(await BytesAsync(image.Config))!;
        Assert.Equal("arm64", (string?)config["architecture"]);
        Assert.Equal(image.Layers[0].Digest, (string?)config["rootfs"]!["diff_ids"]![0]);
        Assert.Equal(
            """{"User":"1000","ExposedPorts":{"8080/tcp":{}},"Env":["A=1","B=2"],"Entrypoint":["/run"],"Cmd":["-x"],"WorkingDir":"/data","Labels":{"l":"v"},"StopSignal":"SIGINT"}""",
            config["config"]!.ToJsonString());
    }

    [Fact]
    public async Task A_layer_holds_folders_before_files_with_modes_and_links()
    {
        var image = await Sample(Architecture.X64).BuildAsync(Token);
        using var layer = new MemoryStream(await BytesAsync(image.Layers[0]));
        await using var tar = new TarReader(layer);
        var entries = new List<string>();
        while (await tar.GetNextEntryAsync(copyData: false, Token) is { } entry)
        {
            entries.Add($"{entry.Name} {Convert.ToString((int)entry.Mode, 8)} {entry.LinkName}");
            Assert.Equal((0, 0, DateTimeOffset.UnixEpoch), (entry.Uid, entry.Gid, entry.ModificationTime));
        }
        var longName = new string('n', 120);
        Assert.Equal(
            ["data/ 755 ", $"data/{longName} 644 ", "deep/ 755 ", "deep/er/ 700 ", "deep/er/file 640 ", "link 777 /run", "run 755 "], entries);
    }

    [Fact]
    public async Task A_folder_becomes_a_layer()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "sub"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "sub", "file"), "text", Token);
        File.CreateSymbolicLink(Path.Combine(_folder, "link"), "sub/file");
        var one = await new OciImageBuilder("a/b", new OciImageSettings()).AddFolder(_folder, "/app").BuildAsync(Token);
        File.SetLastWriteTimeUtc(Path.Combine(_folder, "sub", "file"), new DateTime(2001, 2, 3, 0, 0, 0, DateTimeKind.Utc));
        var other = await new OciImageBuilder("a/b", new OciImageSettings()).AddFolder(_folder, "/app").BuildAsync(Token);
        Assert.Equal(one.Manifest.Digest, other.Manifest.Digest);
        Assert.Equal("docker.io/a/b:latest", one.Reference);
    }

    [Theory]
    [InlineData("web", "docker.io/library/web:latest")]
    [InlineData("web:1", "docker.io/library/web:1")]
    [InlineData("team/web", "docker.io/team/web:latest")]
    [InlineData("localhost/web", "localhost/web:latest")]
    [InlineData("localhost:5000/web", "localhost:5000/web:latest")]
    [InlineData("strata.local/shop/web:v2", "strata.local/shop/web:v2")]
    [InlineData("index.docker.io/web", "docker.io/library/web:latest")]
    [InlineData("r.example/web@sha256:00", "r.example/web@sha256:00")]
    public void Short_names_are_completed_as_containerd_does(string name, string full) =>
        Assert.Equal(full, ImageReference.Normalize(name));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_saved_image_is_read_back_the_same(bool gzip)
    {
        var image = await Sample(Architecture.X64).BuildAsync(Token);
        using var reader = await OciArchiveReader.OpenAsync(await SaveAsync(image, gzip), null, Token);
        var read = Assert.Single(reader.Images);
        Assert.Equal((image.Reference, image.Manifest.Digest, image.Id), (read.Reference, read.Manifest.Digest, read.Id));
        Assert.Equal(await BytesAsync(image.Layers[0]), await BytesAsync(read.Layers[0]));

        using var renamed = await OciArchiveReader.OpenAsync(await SaveAsync(image, gzip), "other:2", Token);
        Assert.Equal("docker.io/library/other:2", renamed.Images[0].Reference);
    }

    [Fact]
    public async Task What_docker_saves_is_read_too()
    {
        var image = await Sample(Architecture.X64).BuildAsync(Token);
        var path = Path.Combine(_folder, "docker.tar");
        await using (var file = File.Create(path))
        await using (var tar = new TarWriter(file))
        {
            await AddAsync(tar, "layer1/layer.tar", await BytesAsync(image.Layers[0]));
            await AddAsync(tar, "config.json", await BytesAsync(image.Config));
            await AddAsync(tar, "manifest.json",
                """[{"Config":"config.json","RepoTags":["one:1","two:2"],"Layers":["layer1/layer.tar"]}]"""u8.ToArray());
        }
        using var reader = await OciArchiveReader.OpenAsync(path, null, Token);
        Assert.Equal(["docker.io/library/one:1", "docker.io/library/two:2"], reader.Images.Select(i => i.Reference));
        Assert.All(reader.Images, read => Assert.Equal(image.Id, read.Id));
    }

    [Theory]
    [InlineData("index.json", "{\"manifests\":[{\"digest\":\"sha256:../../../../etc/passwd\",\"annotations\":{\"io.containerd.image.name\":\"a\"}}]}", "not inside")]
    [InlineData("index.json", "{\"manifests\":[]}", "no image")]
    [InlineData("index.json", "{", "not JSON")]
    [InlineData("other", "", "neither")]
    public async Task A_bad_archive_is_refused_with_a_reason(string name, string content, string expected)
    {
        var path = Path.Combine(_folder, "bad.tar");
        await using (var file = File.Create(path))
        await using (var tar = new TarWriter(file))
        {
            await AddAsync(tar, name, Encoding.UTF8.GetBytes(content));
        }
        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => OciArchiveReader.OpenAsync(path, null, Token));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_archive_is_refused()
    {
        var path = Path.Combine(_folder, "text");
        await File.WriteAllTextAsync(path, new string('x', 5000), Token);
        await Assert.ThrowsAsync<InvalidDataException>(() => OciArchiveReader.OpenAsync(path, null, Token));
    }

    [Fact]
    public async Task An_archive_is_imported_and_its_image_runs()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        var builder = await new OciImageBuilder("archived:1", new OciImageSettings { Entrypoint = ["/bin/cat", "/page"] })
            .AddFile("/page", "from the archive\n"u8.ToArray()).AddBusyboxAsync(Token);
        using var reader = await OciArchiveReader.OpenAsync(await SaveAsync(await builder.BuildAsync(Token), gzip: true), null, Token);
        var importer = new ImageImporter(containerd.Client, TimeProvider.System, NullLogger<ImageImporter>.Instance);
        Assert.True(await importer.ImportAsync(reader.Images[0], Token));
        await using var container = await containerd.RunAsync("archived", c => c.Image.Image = "archived:1");
        await Eventually.TrueAsync(async () => (await File.ReadAllTextAsync(container.LogPath, Token)).Contains("from the archive", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_image_whose_content_does_not_match_its_digest_is_refused()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        var path = Path.Combine(_folder, "changing");
        await File.WriteAllTextAsync(path, "before", Token);
        var image = await new OciImageBuilder("changing:1", new OciImageSettings()).AddHostFile("/f", path).BuildAsync(Token);
        await File.WriteAllTextAsync(path, "after!", Token);
        var importer = new ImageImporter(containerd.Client, TimeProvider.System, NullLogger<ImageImporter>.Instance);
        var failure = await Assert.ThrowsAsync<CriException>(() => importer.ImportAsync(image, Token));
        Assert.Contains("unexpected commit digest", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_imported_survives_garbage_collection_unpacked()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        var leases = new Strata.Cri.Containerd.Leases.Leases.LeasesClient(containerd.Client.Channel.Invoker);
        var lease = await leases.CreateAsync(
            new Strata.Cri.Containerd.Leases.CreateRequest(), ImageImporter.CriNamespace, cancellationToken: Token);
        // Synchronous: it returns when the collection that follows is done.
        await leases.DeleteAsync(
            new Strata.Cri.Containerd.Leases.DeleteRequest { Id = lease.Lease.Id, Sync = true }, ImageImporter.CriNamespace,
            cancellationToken: Token);
        var snapshots = new Strata.Cri.Containerd.Snapshots.Snapshots.SnapshotsClient(containerd.Client.Channel.Invoker);
        var chain = containerd.Busybox!.Layers[0].Digest; // Of one layer, the chain is the layer itself.
        var snapshot = await snapshots.StatAsync(
            new Strata.Cri.Containerd.Snapshots.StatSnapshotRequest { Snapshotter = "overlayfs", Key = chain },
            ImageImporter.CriNamespace, cancellationToken: Token);
        Assert.Equal(chain, snapshot.Info.Name);
        await using var container = await containerd.RunAsync("collected", null, "sleep", "1000");
    }

    [Fact]
    public async Task A_layer_that_cannot_be_unpacked_is_refused()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        var layer = OciBlob.FromBytes(OciMediaTypes.Layer, Encoding.ASCII.GetBytes(new string('x', 2048)));
        var config = OciBlob.FromBytes(
            OciMediaTypes.Config, OciImageJson.Config(new OciImageSettings(), RuntimeInformation.OSArchitecture, [layer.Digest]));
        var manifest = OciBlob.FromBytes(OciMediaTypes.Manifest, OciImageJson.Manifest(config, [layer]));
        var image = new OciImage("docker.io/library/garbage:1", manifest, config, [layer]);
        var importer = new ImageImporter(containerd.Client, TimeProvider.System, NullLogger<ImageImporter>.Instance);
        await Assert.ThrowsAsync<CriException>(() => importer.ImportAsync(image, Token));
        Assert.Null(await containerd.Client.ImageStatusAsync("garbage:1", Token));
    }

    [Fact]
    public async Task The_pause_program_ends_on_sigterm_and_has_a_form_for_both_machines()
    {
        Assert.Equal(183, BitConverter.ToUInt16(PauseImage.Program(Architecture.Arm64), 18));
        Assert.Throws<PlatformNotSupportedException>(() => PauseImage.Program(Architecture.S390x));
        Assert.SkipUnless(RuntimeInformation.OSArchitecture is Architecture.X64 or Architecture.Arm64, "needs x64 or arm64");
        var path = Path.Combine(_folder, "pause");
        await File.WriteAllBytesAsync(path, PauseImage.Program(RuntimeInformation.OSArchitecture), Token);
        File.SetUnixFileMode(path, OciImageBuilder.ExecutableMode);
        using var pause = Process.Start(path);
        await Eventually.TrueAsync(async () =>
            (await File.ReadAllTextAsync($"/proc/{pause.Id}/wchan", Token)).Contains("sigtimedwait", StringComparison.Ordinal)
            || (await File.ReadAllTextAsync($"/proc/{pause.Id}/syscall", Token)).StartsWith("128 ", StringComparison.Ordinal));
        Strata.Cri.Linux.SystemCalls.Kill(pause.Id, 17); // SIGCHLD without a child: waits on.
        Strata.Cri.Linux.SystemCalls.Kill(pause.Id, Strata.Cri.Linux.SystemCalls.SigTerm);
        await pause.WaitForExitAsync(Token);
        Assert.Equal(0, pause.ExitCode);
    }

    private static OciImageBuilder Sample(Architecture architecture)
    {
        var settings = new OciImageSettings
        {
            Entrypoint = ["/run"],
            Command = ["-x"],
            Environment = new Dictionary<string, string> { ["B"] = "2", ["A"] = "1" },
            WorkingDirectory = "/data",
            ExposedPorts = ["8080/tcp"],
            User = "1000",
            Labels = new Dictionary<string, string> { ["l"] = "v" },
            StopSignal = "SIGINT",
        };
        return new OciImageBuilder("strata.local/sample:1", settings, architecture)
            .AddSymbolicLink("/link", "/run")
            .AddFile("/run", "#!/bin/sh\n"u8.ToArray(), OciImageBuilder.ExecutableMode)
            .AddFile("deep/er/file", "x"u8.ToArray(), (UnixFileMode)0b110_100_000)
            .AddDirectory("/deep/er", (UnixFileMode)0b111_000_000)
            .AddFile("/data/" + new string('n', 120), "long"u8.ToArray());
    }

    private static async Task AddAsync(TarWriter tar, string name, byte[] content) =>
        await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) }, Token);

    private static async Task<byte[]> BytesAsync(OciBlob blob)
    {
        using var content = new MemoryStream();
        await blob.WriteToAsync(content, Token);
        Assert.Equal(blob.Size, content.Length);
        return content.ToArray();
    }

    private async Task<string> SaveAsync(OciImage image, bool gzip)
    {
        var path = Path.Combine(_folder, "image.tar");
        await using var file = File.Create(path);
        await using Stream target = gzip ? new GZipStream(file, CompressionLevel.Fastest) : file;
        await OciArchive.WriteAsync(image, target, Token);
        return path;
    }
}
