using System.Text;
using Strata.Api.Models;
using Strata.Pods.Volumes;

namespace Strata.Pods.Tests.Volumes;

public sealed class VolumeContentTests
{
    [Fact]
    public void A_config_map_becomes_files_with_modes_and_chosen_paths()
    {
        var volume = new Volume
        {
            Name = "v",
            ConfigMap = new ConfigMapVolumeSource { Name = "cm", DefaultMode = 0b110_000_000, Items = [new KeyToPath { Key = "a", Path = "dir/file" }, new KeyToPath { Key = "b", Path = "b", Mode = 0b100_000_000 }] },
        };

        var content = Resolve(volume, Given.ConfigMap("cm", ("a", "1"), ("b", "2"), ("c", "3")));

        Assert.Equal(["b", "dir/file"], content.Files.Keys);
        Assert.Equal(0b110_000_000, content.Files["dir/file"].Mode);
        Assert.Equal(0b100_000_000, content.Files["b"].Mode);
        Assert.Equal("1", Encoding.UTF8.GetString(content.Files["dir/file"].Data.Span));
    }

    [Fact]
    public void What_is_missing_fails_the_volume_unless_it_is_optional()
    {
        Assert.Equal("configmap \"cm\" not found", Resolve(new Volume { Name = "v", ConfigMap = new ConfigMapVolumeSource { Name = "cm" } }).Error);
        var optional = Resolve(new Volume { Name = "v", ConfigMap = new ConfigMapVolumeSource { Name = "cm", Optional = true } });
        Assert.Null(optional.Error);
        Assert.Empty(optional.Files);
    }

    [Fact]
    public void A_projection_gathers_all_its_sources()
    {
        var token = new ServiceAccountTokenProjection { Path = "token", ExpirationSeconds = 3607 };
        var pod = Given.Pod(Given.Container());
        var volume = new Volume
        {
            Name = "v",
            Projected = new ProjectedVolumeSource
            {
                DefaultMode = 0b110_100_100,
                Sources =
                [
                    new VolumeProjection { ServiceAccountToken = token },
                    new VolumeProjection { ConfigMap = new ConfigMapProjection { Name = "cm" } },
                    new VolumeProjection { Secret = new SecretProjection { Name = "s" } },
                    new VolumeProjection { DownwardAPI = new DownwardAPIProjection { Items = [new DownwardAPIVolumeFile { Path = "labels", FieldRef = new ObjectFieldSelector { FieldPath = "metadata.labels" } }] } },
                ],
            },
        };

        var content = VolumeContentResolver.Resolve(
            pod, volume, Given.Objects(Given.ConfigMap("cm", ("ca.crt", "c")), Given.Secret("s", ("key", "k"))), Given.Facts, new Dictionary<TokenKey, string> { [TokenKey.Of(pod, token)] = "jwt" });

        Assert.Equal(["ca.crt", "key", "labels", "token"], content.Files.Keys);
        Assert.Equal(["key", "token"], content.Files.Where(file => file.Value.IsSecret).Select(file => file.Key));
    }

    [Theory]
    [InlineData("../escape")]
    [InlineData("/absolute")]
    [InlineData("a/../../b")]
    [InlineData("..data")]
    public void A_path_that_leaves_the_volume_is_refused(string path) =>
        Assert.NotNull(Resolve(new Volume { Name = "v", ConfigMap = new ConfigMapVolumeSource { Name = "cm", Items = [new KeyToPath { Key = "a", Path = path }] } }, Given.ConfigMap("cm", ("a", "1"))).Error);

    private static VolumeContent Resolve(Volume volume, ConfigMap? configMap = null) =>
        VolumeContentResolver.Resolve(Given.Pod(Given.Container()), volume, Given.Objects(configMap), Given.Facts, new Dictionary<TokenKey, string>());
}
