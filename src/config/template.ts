/** What `imgaudit init` writes: everything that a configuration can say. Lines that begin with # and no blank are examples, valid
 *  as they stand. */
export const template = `# What images are held to when imgaudit audits them in this folder or below it.
#
# Lines like #size: 6GB are examples: take the # away. An option takes the place
# of its key: --max-waste of budgets.waste, --max-cause pip-cache=0 of that one
# cause, --fail-on of all of failOn, --gpu of all of gpu; --no-config of all.

# Editors that know JSON Schema complete and check what is written here.
#$schema: ./node_modules/imgaudit/dist/config.schema.json

# What an image may weigh; above it the exit code is 1. 3GB counts in 1000s,
# 3GiB in 1024s, a bare number is bytes. 10% is a share of the image.
budgets:
  # All its files: what docker images shows, on overlay2.
  #size: 6GB
  # All that is waste, less what is ignored below.
  #waste: 10%
  # The largest layer: pulls take as long as that one.
  #layer: 2GB
  # What may be added to the image of --against <image or report.json>; 5% is a
  # share of that image.
  #growth: 5%
  # By cause: a rule, a package, or a folder two levels deep.
  #causes:
    #pip-cache: 0
    #pip:torch: 3GB
    #/opt/models: 500MB

# Rules that may find nothing: imgaudit rules lists all.
failOn:
  - secrets
  #- removed-later

# Findings that somebody has judged and wants: they are printed with the reason,
# and no budget counts them.
ignore:
  # A rule and a reason; with path, what lies there and below; with image, in
  # these images; with until, up to and on that day (UTC). In patterns * stays
  # within a folder, ** does not.
  #- rule: model-weights
    #path: /opt/models/**
    #image: registry.example.com/team/**
    #reason: the service has to start without a network
    #until: 2099-12-31

# What the image runs on, to find GPU code that none of it can load:
# imgaudit --gpu list prints all that are known.
gpu:
  #- H100
  #- L4

# For some images: each entry that matches takes the place of what stands above,
# key by key, the last one last. Its ignores are added. app-train without :* is
# every tag too.
images:
  #- image: app-train:*
    #budgets:
      #size: 12GB
      #causes:
        #pip:torch: 4GB
    #failOn: [secrets, root-user]
    #ignore:
      #- rule: build-tools
        #reason: it compiles its own kernels
    #gpu: [H100]
`
