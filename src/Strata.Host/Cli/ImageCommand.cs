using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Cri;
using Strata.Cri.Images;
using Strata.Host.Clusters;

namespace Strata.Host.Cli;

/// <summary><c>strata image</c>: small images without a registry or a builder.</summary>
internal static class ImageCommand
{
    public static Command Create() => new("image", "Build images from folders into the cluster, and list them.") { CreateBuild(), CreateList() };

    private static Command CreateBuild()
    {
        var dataDirectory = ClusterOptions.DataDirectory();
        var folder = new Argument<DirectoryInfo>("folder") { Description = "Folder whose content becomes the image." };
        var tag = new Option<string>("--tag", "-t") { Description = "Name of the image, for example strata.local/shop:v1.", Required = true };
        var path = new Option<string>("--path") { Description = "Where in the image the folder's content goes.", DefaultValueFactory = _ => "/" };
        var busybox = new Option<bool>("--busybox") { Description = "Put busybox (a shell and the usual tools) into the image." };
        var variables = new Option<string[]>("--env", "-e") { Description = "Environment variable, NAME=VALUE; may be repeated." };
        var entrypoint = new Argument<string[]>("command") { Description = "What the image runs, after --.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("build", "Build an image from a folder and put it into the cluster's containerd.") { folder, entrypoint, tag, path, busybox, variables, dataDirectory };
        command.SetUserAction(async (parsed, cancellationToken) =>
        {
            var source = parsed.GetRequiredValue(folder);
            if (!source.Exists)
            {
                throw new UserException($"{source.FullName} is not a folder");
            }

            var environment = (parsed.GetValue(variables) ?? []).Select(variable => variable.Split('=', 2)).Prepend(["PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"]);
            var settings = new OciImageSettings { Command = parsed.GetValue(entrypoint) ?? [], Environment = environment.ToDictionary(pair => pair[0], pair => pair.Length > 1 ? pair[1] : "") };
            var builder = new OciImageBuilder(parsed.GetRequiredValue(tag), settings);
            if (parsed.GetValue(busybox))
            {
                await builder.AddBusyboxAsync(cancellationToken);
            }

            var image = await builder.AddFolder(source.FullName, parsed.GetRequiredValue(path)).BuildAsync(cancellationToken);
            using var cri = Connect(parsed.GetRequiredValue(dataDirectory));
            var isNew = await new ImageImporter(cri, TimeProvider.System, NullLogger<ImageImporter>.Instance).ImportAsync(image, cancellationToken);
            Console.WriteLine($"{parsed.GetRequiredValue(tag)} {(isNew ? "built" : "is there already")}");
            return 0;
        });
        return command;
    }

    private static Command CreateList()
    {
        var dataDirectory = ClusterOptions.DataDirectory();
        var command = new Command("list", "List the images in the cluster's containerd.") { dataDirectory };
        command.SetUserAction(async (parsed, cancellationToken) =>
        {
            using var cri = Connect(parsed.GetRequiredValue(dataDirectory));
            foreach (var image in await cri.ListImagesAsync(cancellationToken))
            {
                foreach (var tag in image.RepoTags)
                {
                    Console.WriteLine($"{tag,-60}{image.Size / 1024.0 / 1024.0,8:F1} MiB");
                }
            }

            return 0;
        });
        return command;
    }

    private static CriClient Connect(string dataDirectory)
    {
        var socket = ClusterRuntime.ContainerdOptionsOf(new ClusterPaths(dataDirectory)).SocketPath;
        return File.Exists(socket) ? new CriClient(socket, TimeProvider.System) : throw new UserException($"no cluster runs in {dataDirectory}; start it with: strata up");
    }
}
