using System.Text;
using Strata.Api.Models;
using Strata.Pods.Images;

namespace Strata.Pods.Tests.Images;

public sealed class ImageTests
{
    [Theory]
    [InlineData("nginx", "docker.io/library/nginx:latest")]
    [InlineData("me/app:1.2", "docker.io/me/app:1.2")]
    [InlineData("localhost/app", "localhost/app:latest")]
    [InlineData("host:5000/a/b:x", "host:5000/a/b:x")]
    [InlineData("[::1]:5000/app", "[::1]:5000/app:latest")]
    [InlineData("ghcr.io/a/b@sha256:0123456789abcdef0123456789abcdef", "ghcr.io/a/b@sha256:0123456789abcdef0123456789abcdef")]
    public void References_are_read_in_the_forms_people_write(string text, string full) => Assert.Equal(full, ImageReference.TryParse(text)?.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("UPPER/case")]
    [InlineData("a:b:c/d")]
    [InlineData("app:")]
    [InlineData("app@sha256:short")]
    [InlineData("a b")]
    public void What_is_no_reference_is_refused(string text) => Assert.Null(ImageReference.TryParse(text));

    [Theory]
    [InlineData("", "app", "Always")]
    [InlineData("", "app:1", "IfNotPresent")]
    [InlineData("Never", "app", "Never")]
    public void The_pull_policy_follows_the_tag_unless_it_is_given(string policy, string image, string expected) =>
        Assert.Equal(expected, PullPolicy.Effective(policy, ImageReference.TryParse(image)));

    [Fact]
    public void The_most_specific_credential_comes_first()
    {
        var auth = Convert.ToBase64String(Encoding.UTF8.GetBytes("me:pass:word"));
        var secret = Given.Secret("pull", (".dockerconfigjson", """
            {"auths": {
              "https://reg.test/v1/": {"username": "wide", "password": "w"},
              "reg.test/team": {"auth": "AUTH"},
              "other.test": {"username": "no", "password": "n"},
              "*.test": {"username": "star", "password": "s"}
            }}
            """.Replace("AUTH", auth, StringComparison.Ordinal)));
        var pod = Given.Pod(Given.Container()).WithSpec(spec => spec with { ImagePullSecrets = [new LocalObjectReference { Name = "pull" }, new LocalObjectReference { Name = "gone" }] });

        var found = PullSecrets.For(pod, Given.Objects(secret: secret), ImageReference.TryParse("reg.test/team/app:1")!);

        Assert.Equal(["me", "wide", "star"], found.Select(credential => credential.UserName));
        Assert.Equal("pass:word", found[0].Password);
        Assert.DoesNotContain("pass", found[0].ToString(), StringComparison.Ordinal);
    }
}
